import { ValueError } from "@tapegrad/tensor";
import { type AnyModule, Module } from "../module/module.ts";
import type { Member } from "../module/module-node.ts";
import { checkModule } from "./sequential.ts";

/**
 * A list of modules to loop over; their names are "0", "1", ... A plain array in a field does the same.
 *
 * @example
 * ```ts
 * const layers = new ModuleList([new Dense(2, 2), new Dense(2, 2)]);
 * layers.length; // => 2
 * ```
 */
export class ModuleList<M extends AnyModule = Module> extends Module<readonly unknown[], never> {
  readonly #modules: M[];

  constructor(modules: Iterable<M> = []) {
    super();
    this.#modules = [...modules];
    for (const module of this.#modules) checkModule("ModuleList", module);
  }

  /** @throws {ValueError} always: a list has no order of application */
  override forward(): never {
    throw new ValueError("ModuleList: expected its modules to be called one by one, got a call of forward.");
  }

  /** Number of modules. */
  get length(): number {
    return this.#modules.length;
  }

  /** The module at `index`, from the end if negative. */
  at(index: number): M | undefined {
    return this.#modules.at(index);
  }

  /** Adds a module at the end. */
  append(module: M): this {
    checkModule("ModuleList", module);
    this.#modules.push(module);
    return this;
  }

  /** The modules in order. */
  [Symbol.iterator](): IterableIterator<M> {
    return this.#modules.values();
  }

  override *members(): Generator<Member> {
    yield* this.#modules.map((module, i): Member => [String(i), module]);
    yield* super.members();
  }
}
