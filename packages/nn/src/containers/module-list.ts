import { ValueError } from "@tapegrad/tensor";
import { expectNothing } from "@tapegrad/tensor/internal";
import type { AnyModule, Module } from "../module/module.ts";
import { ModuleSequence } from "./module-sequence.ts";

/**
 * A list of modules to loop over; their names are "0", "1", ... A plain array in a field does the same.
 *
 * @example
 * const layers = new ModuleList([new Dense(2, 2), new Dense(2, 2)]);
 * layers.insert(1, new ReLU()).length; // => 3
 * layers.slice(1).concat(layers.slice(0, 1)).length; // => 3
 */
export class ModuleList<M extends AnyModule = Module> extends ModuleSequence<M, readonly unknown[], never> {
  static override readonly name: string = "ModuleList";

  constructor(modules: Iterable<M> = [], ...none: []) {
    expectNothing("ModuleList", none);
    super(modules);
  }

  /** A list of the modules from `start` to before `end`, from the end if negative: the same ones, not copies. */
  slice(start: number = 0, end?: number, ...none: []): ModuleList<M> {
    expectNothing("ModuleList.slice", none);
    return new ModuleList(this.elementsFrom("ModuleList.slice", start, end));
  }

  /** A list of these modules and then those of another: the same ones, not copies. */
  concat(others: Iterable<M>, ...none: []): ModuleList<M> {
    expectNothing("ModuleList.concat", none);
    return new ModuleList([...this, ...this.settleAll("ModuleList.concat", others)]);
  }

  /** @throws {ValueError} always: a list has no order of application */
  override forward(): never {
    throw new ValueError("ModuleList: expected its modules to be called one by one, got a call of forward.");
  }
}
