import { type Tensor, ValueError } from "@tapegrad/tensor";
import { expectNothing, expectTensors } from "@tapegrad/tensor/internal";
import type { Module } from "../module/module.ts";
import { ModuleSequence } from "./module-sequence.ts";

/**
 * Modules applied one after the other; their names are "0", "1", ...
 *
 * The list may change: what was compiled before computes with the new one from its next call on. Make the optimizer afterwards.
 *
 * @example
 * const net = new Sequential(new Dense(2, 3), new ReLU(), new Dense(3, 1));
 * Object.keys(net.stateDict()); // => ["0.weight", "0.bias", "2.weight", "2.bias"]
 * net.insert(1, new LayerNorm(3)).set(2, new Tanh()).length; // => 4
 * net.slice(0, -1).forward(ones([1, 2])).shape; // => [1, 3]
 */
export class Sequential extends ModuleSequence<Module, Tensor[], Tensor> {
  static override readonly name: string = "Sequential";

  constructor(...modules: Module[]) {
    super(modules);
  }

  /** The modules from `start` to before `end`, from the end if negative, one after the other: the same ones, not copies. */
  slice(start: number = 0, end?: number, ...none: []): Sequential {
    expectNothing("Sequential.slice", none);
    return new Sequential(...this.elementsFrom("Sequential.slice", start, end));
  }

  /** These modules and then those of another: the same ones, not copies. */
  concat(others: Iterable<Module>, ...none: []): Sequential {
    expectNothing("Sequential.concat", none);
    return new Sequential(...this, ...this.settleAll("Sequential.concat", others));
  }

  override forward(...inputs: Tensor[]): Tensor {
    const [first, ...rest] = this;
    if (inputs.length === 0) throw new ValueError("Sequential: expected an input, got none.");
    expectTensors("Sequential.forward", "inputs", inputs);
    if (first === undefined) return inputs[0]!;
    return rest.reduce((x, module) => module.forward(x), first.forward(...inputs));
  }
}
