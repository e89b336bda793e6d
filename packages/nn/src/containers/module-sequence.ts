import { ValueError } from "@tapegrad/tensor";
import { Cell, expectNothing, expectValue, quoted, ranges } from "@tapegrad/tensor/internal";
import { type AnyModule, Module } from "../module/module.ts";
import type { Member } from "../module/module-node.ts";
import { expectModule } from "../module/expect-module.ts";

/** A module that holds others in order; their names are "0", "1", ... */
export abstract class ModuleSequence<M extends AnyModule, In extends readonly unknown[], Out> extends Module<In, Out> {
  private readonly moduleList: Cell<readonly M[]>;

  constructor(modules: Iterable<M>) {
    super();
    const given: unknown = modules;
    if (typeof given !== "object" || given === null || !(Symbol.iterator in given)) {
      throw new ValueError(`${new.target.name}: expected a list of modules, got ${quoted(given)}.`);
    }
    const list = [...modules];
    list.forEach((module, i) => expectModule(new.target.name, `module ${i}`, module));
    this.moduleList = new Cell<readonly M[]>(list, `the list of a ${new.target.name}`);
  }

  /** Number of modules. */
  get length(): number {
    return this.moduleList.get().length;
  }

  /** The module at `index`, from the end if negative. */
  at(index: number, ...none: []): M | undefined {
    const fn = `${this.constructor.name}.at`;
    expectNothing(fn, none);
    expectValue(fn, "index", index, ranges.integer);
    return this.moduleList.get().at(index);
  }

  /** Adds a module at the end. */
  append(module: M, ...none: []): this {
    const fn = `${this.constructor.name}.append`;
    expectNothing(fn, none);
    expectModule(fn, "module", module);
    this.moduleList.set([...this.moduleList.get(), module]);
    return this;
  }

  /** The modules in order. */
  [Symbol.iterator](): IterableIterator<M> {
    return this.moduleList.get().values();
  }

  override *members(): Generator<Member> {
    yield* this.moduleList.get().map((module, i): Member => [String(i), module]);
    yield* super.members();
  }
}
