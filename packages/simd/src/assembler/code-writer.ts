import { AssemblyError } from "./assembly-error.ts";
import { ByteWriter } from "./encoding/byte-writer.ts";
import { Expr, nothing } from "./expr.ts";
import type { LoopConstants } from "./loop-constants.ts";

/** That of a call of a function; its index follows. */
const callOpcode = 0x10;

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
  readonly #constants: LoopConstants;
  /** What of an expression is not written yet, what comes next last. */
  readonly #pending: (Expr | readonly number[])[] = [];
  /** How many loops are open. */
  loops = 0;
  /** Where the indices of functions stand that are called. */
  readonly calls: number[] = [];

  constructor(where: string, owner: object, module: ModuleScope, constants: LoopConstants) {
    super();
    this.#where = where;
    this.#function = owner;
    this.#module = module;
    this.#constants = constants;
  }

  /** Iterative, so that a chain of any depth can be written. */
  expr(root: Expr): void {
    const pending = this.#pending;
    // An error left what came after it.
    if (pending.length > 0) pending.length = 0;
    pending.push(root);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (!(next instanceof Expr)) {
        this.#instruction(next);
        continue;
      }
      const { needs, operands } = next;
      if (needs !== nothing) this.check(next);
      if (operands.length === 0) this.#instruction(next.code);
      else {
        pending.push(next.code);
        for (let i = operands.length - 1; i >= 0; i--) pending.push(operands[i]!);
      }
    }
  }

  #instruction(code: readonly number[]): void {
    const local = this.loops > 0 ? this.#constants.localOf(code) : undefined;
    if (local !== undefined) {
      this.indexed(0x20, local);
      return;
    }
    if (code[0] === callOpcode) this.calls.push(this.length + 1);
    this.few(code);
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
