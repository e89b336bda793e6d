import { type Tensor, ValueError } from "@tapegrad/tensor";
import { expectTensors } from "@tapegrad/tensor/internal";
import type { Module } from "../module/module.ts";
import { ModuleSequence } from "./module-sequence.ts";

/**
 * Modules applied one after the other; their names are "0", "1", ...
 *
 * @example
 * const net = new Sequential(new Dense(2, 3), new ReLU(), new Dense(3, 1));
 * Object.keys(net.stateDict()); // => ["0.weight", "0.bias", "2.weight", "2.bias"]
 */
export class Sequential extends ModuleSequence<Module, Tensor[], Tensor> {
  static override readonly name: string = "Sequential";

  constructor(...modules: Module[]) {
    super(modules);
  }

  override forward(...inputs: Tensor[]): Tensor {
    const [first, ...rest] = this;
    if (inputs.length === 0) throw new ValueError("Sequential: expected an input, got none.");
    expectTensors("Sequential.forward", "inputs", inputs);
    if (first === undefined) return inputs[0]!;
    return rest.reduce((x, module) => module.forward(x), first.forward(...inputs));
  }
}
