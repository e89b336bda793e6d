import { ValueError, type Tensor } from "@tapegrad/tensor";
import { Module } from "../module/module.ts";
import type { Member } from "../module/module-node.ts";

/**
 * Modules applied one after the other; their names are "0", "1", ...
 *
 * @example
 * ```ts
 * const net = new Sequential(new Dense(2, 3), new ReLU(), new Dense(3, 1));
 * Object.keys(net.stateDict()); // => ["0.weight", "0.bias", "2.weight", "2.bias"]
 * ```
 */
export class Sequential extends Module {
  readonly #modules: Module[];

  constructor(...modules: Module[]) {
    super();
    for (const module of modules) checkModule("Sequential", module);
    this.#modules = [...modules];
  }

  override forward(...inputs: Tensor[]): Tensor {
    const [first, ...rest] = this.#modules;
    if (inputs.length === 0) throw new ValueError("Sequential: expected an input, got none.");
    if (first === undefined) return inputs[0]!;
    return rest.reduce((x, module) => module.forward(x), first.forward(...inputs));
  }

  /** Number of modules. */
  get length(): number {
    return this.#modules.length;
  }

  /** The module at `index`, from the end if negative. */
  at(index: number): Module | undefined {
    return this.#modules.at(index);
  }

  /** Adds a module at the end. */
  append(module: Module): this {
    checkModule("Sequential", module);
    this.#modules.push(module);
    return this;
  }

  /** The modules in order. */
  [Symbol.iterator](): IterableIterator<Module> {
    return this.#modules.values();
  }

  override *members(): Generator<Member> {
    yield* this.#modules.map((module, i): Member => [String(i), module]);
    yield* super.members();
  }
}

/** Throws unless `value` is a module. */
export function checkModule(fn: string, value: unknown): void {
  if (!(value instanceof Module)) {
    const hint = typeof value === "function" ? " Wrap a function in Lambda." : "";
    throw new ValueError(`${fn}: expected modules, got ${typeof value}.${hint}`);
  }
}
