import { AssemblyError } from "./assembly-error.ts";
import { ByteWriter } from "./encoding/byte-writer.ts";
import type { Expr, Part } from "./expr.ts";

/** What a function's code may refer to outside of itself. */
export interface ModuleScope {
  /** Whether it has a memory to load from and store into. */
  readonly hasMemory: boolean;
}

/** Writes expressions as bytes, checking that each belongs to this function or its module. */
export class CodeWriter extends ByteWriter {
  readonly #where: string;
  readonly #function: object;
  readonly #module: ModuleScope;

  constructor(where: string, owner: object, module: ModuleScope) {
    super();
    this.#where = where;
    this.#function = owner;
    this.#module = module;
  }

  /** Iterative, so that a chain of any depth can be written. */
  expr(root: Expr): void {
    const waiting: { readonly parts: readonly Part[]; readonly next: number }[] = [];
    this.check(root);
    let { parts } = root;
    let next = 0;
    for (;;) {
      const part = parts[next++];
      if (typeof part === "number") this.byte(part);
      else if (part !== undefined) {
        this.check(part);
        if (next < parts.length) waiting.push({ parts, next });
        ({ parts } = part);
        next = 0;
      } else {
        const rest = waiting.pop();
        if (rest === undefined) return;
        ({ parts, next } = rest);
      }
    }
  }

  check({ needs }: Pick<Expr, "needs">): void {
    if (needs.memory === true && !this.#module.hasMemory) {
      throw new AssemblyError(`${this.#where}: expected the module to have a memory before code that uses one.`);
    }
    if (needs.scope !== undefined && needs.scope !== this.#function && needs.scope !== this.#module) {
      throw new AssemblyError(
        `${this.#where}: expected locals and callees of this function's module, got foreign ones.`,
      );
    }
  }
}
