import { expectNothing } from "@tapegrad/tensor/internal";
import { expectModule } from "../module/expect-module.ts";
import type { AnyModule, Module } from "../module/module.ts";
import { ElementDict, type Named } from "./element-dict.ts";

/**
 * Modules by name, in order of their insertion; PyTorch's keys. A plain object or a Map in a field does the same, but its names
 * stand in snake_case in the state.
 *
 * @throws {ValueError} for an empty name, or one with a dot
 * @example
 * const heads = new ModuleDict({ cats: new Dense(4, 2), dogs: new Dense(4, 3) });
 * heads.get("dogs").forward(ones([1, 4])).shape; // => [1, 3]
 * Object.keys(heads.stateDict()); // => ["cats.weight", "cats.bias", "dogs.weight", "dogs.bias"]
 */
export class ModuleDict<M extends AnyModule = Module> extends ElementDict<M> {
  static override readonly name: string = "ModuleDict";

  constructor(modules: Named<M> = [], ...none: []) {
    expectNothing("ModuleDict", none);
    super(modules);
  }

  protected override settleElement(fn: string, what: string, module: M): M {
    expectModule(fn, what, module);
    return module;
  }

  protected override elementKind(): string {
    return "module";
  }
}
