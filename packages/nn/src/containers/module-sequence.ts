import { ValueError } from "@tapegrad/tensor";
import { Cell } from "@tapegrad/tensor/internal";
import { type AnyModule, Module } from "../module/module.ts";
import type { Member } from "../module/module-node.ts";

/** Throws unless `value` is a module. */
export function checkModule(fn: string, value: unknown): void {
  if (!(value instanceof Module)) {
    const hint = typeof value === "function" ? " Wrap a function in Lambda." : "";
    throw new ValueError(`${fn}: expected modules, got ${typeof value}.${hint}`);
  }
}

/** A module that holds others in order; their names are "0", "1", ... */
export abstract class ModuleSequence<M extends AnyModule, In extends readonly unknown[], Out> extends Module<In, Out> {
  private readonly moduleList: Cell<readonly M[]>;

  constructor(modules: Iterable<M>) {
    super();
    const list = [...modules];
    for (const module of list) checkModule(new.target.name, module);
    this.moduleList = new Cell<readonly M[]>(list);
  }

  /** Number of modules. */
  get length(): number {
    return this.moduleList.get().length;
  }

  /** The module at `index`, from the end if negative. */
  at(index: number): M | undefined {
    return this.moduleList.get().at(index);
  }

  /** Adds a module at the end. */
  append(module: M): this {
    checkModule(this.constructor.name, module);
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
