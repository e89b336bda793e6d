import { ValueError } from "@tapegrad/tensor";
import { expectNothing } from "@tapegrad/tensor/internal";
import type { AnyModule, Module } from "../module/module.ts";
import { ModuleSequence } from "./module-sequence.ts";

/**
 * A list of modules to loop over; their names are "0", "1", ... A plain array in a field does the same.
 *
 * @example
 * const layers = new ModuleList([new Dense(2, 2), new Dense(2, 2)]);
 * layers.length; // => 2
 */
export class ModuleList<M extends AnyModule = Module> extends ModuleSequence<M, readonly unknown[], never> {
  static override readonly name: string = "ModuleList";

  constructor(modules: Iterable<M> = [], ...none: []) {
    expectNothing("ModuleList", none);
    super(modules);
  }

  /** @throws {ValueError} always: a list has no order of application */
  override forward(): never {
    throw new ValueError("ModuleList: expected its modules to be called one by one, got a call of forward.");
  }
}
