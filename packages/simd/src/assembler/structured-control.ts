import { AssemblyError } from "./assembly-error.ts";
import type { CodeWriter } from "./code-writer.ts";
import { operandOf } from "./expr.ts";
import type { Operand } from "./expr.ts";
import type { Label, LoopLabels } from "./label.ts";
import { Local } from "./local.ts";
import { i32 } from "./ops/i32.ts";
import { emptyBlockType } from "./value-type.ts";
import type { ValueType } from "./value-type.ts";

/** The range of a counted loop. */
export interface ForRange {
  /** The first index. Default 0. */
  readonly from?: Operand<"i32">;
  /** The index that ends the loop, exclusive, compared as signed. An expression is evaluated once, before the loop. */
  readonly to: Operand<"i32">;
  /** Added after each turn: a positive literal or an expression, evaluated anew each turn. Default 1. */
  readonly step?: Operand<"i32">;
}

/** Blocks, loops, conditions and branches. */
export abstract class StructuredControl {
  readonly #open: Label[] = [];

  protected abstract readonly code: CodeWriter;
  abstract local<T extends ValueType>(type: T, initial?: Operand<T>): Local<T>;
  abstract set<T extends ValueType>(local: Local<T>, value: Operand<T>): void;

  /** A block; branching to its label leaves it. */
  block(body: (end: Label) => void): void {
    this.#construct(0x02, body);
  }

  /** A loop; branching to its label starts it again, reaching its end leaves it. */
  loop(body: (start: Label) => void): void {
    this.code.loops++;
    this.#construct(0x03, body);
    this.code.loops--;
  }

  /** Runs `then` if the condition is not zero, else `otherwise`. */
  if(condition: Operand<"i32">, then: () => void, otherwise?: () => void): void {
    this.code.expr(operandOf("if", "i32", condition));
    this.#construct(0x04, () => {
      then();
      if (otherwise === undefined) return;
      this.code.byte(0x05);
      otherwise();
    });
  }

  /** Branches to a label of an enclosing construct. */
  br(label: Label): void {
    const depth = this.#depthOf(label);
    this.code.indexed(0x0c, depth);
  }

  /** Branches to a label if the condition is not zero. */
  brIf(label: Label, condition: Operand<"i32">): void {
    const depth = this.#depthOf(label);
    this.code.expr(operandOf("brIf", "i32", condition));
    this.code.indexed(0x0d, depth);
  }

  /** Runs `body` while the condition, evaluated before each turn, is not zero. */
  while(condition: Operand<"i32">, body: (labels: LoopLabels) => void): void {
    this.block((end) => {
      this.loop((start) => {
        this.brIf(end, i32.eqz(condition));
        body({ break: end, continue: start });
        this.br(start);
      });
    });
  }

  /**
   * Runs `body` for the indices `from`, `from + step`, ... below `to`; not at all if there are none.
   *
   * @example f.for({ to: n }, (i) => f.set(sum, i32.add(sum, i)));
   */
  for(range: ForRange, body: (index: Local<"i32">, labels: LoopLabels) => void): void {
    const { from = 0, to, step = 1 } = range;
    if (typeof step === "number" && step <= 0) {
      throw new AssemblyError(`for: expected a positive step, got ${step}.`);
    }
    const index = this.local("i32", from);
    const limit = typeof to === "number" || to instanceof Local ? to : this.local("i32", to);
    this.block((end) => {
      const runsAtLeastOnce = typeof from === "number" && typeof to === "number" && from < to;
      if (!runsAtLeastOnce) this.brIf(end, i32.geS(index, limit));
      this.loop((start) => {
        this.block((next) => body(index, { break: end, continue: next }));
        this.set(index, i32.add(index, step));
        this.brIf(start, i32.ltS(index, limit));
      });
    });
  }

  /** Runs `cases[index]`, or `otherwise` if there is no such case. */
  switch(index: Operand<"i32">, cases: readonly (() => void)[], otherwise?: () => void): void {
    this.block((end) => {
      this.#cases(index, cases, 0, end);
      otherwise?.();
    });
  }

  /** Throws if a construct is still open. */
  protected checkClosed(where: string): void {
    if (this.#open.length > 0) throw new AssemblyError(`${where}: expected all blocks to be closed.`);
  }

  // Case k stands after the end of the k-th block from inside; the outermost block ends before the default.
  #cases(index: Operand<"i32">, cases: readonly (() => void)[], closed: number, end: Label): void {
    const position = cases.length - 1 - closed;
    this.block(() => {
      if (position >= 0) {
        this.#cases(index, cases, closed + 1, end);
        cases[position]?.();
        this.br(end);
      } else {
        this.code.expr(operandOf("switch", "i32", index));
        this.code.byte(0x0e);
        this.code.unsigned(cases.length);
        for (let depth = 0; depth <= cases.length; depth++) this.code.unsigned(depth);
      }
    });
  }

  #construct(opcode: number, body: (label: Label) => void): void {
    const label: Label = { depth: this.#open.length };
    this.code.indexed(opcode, emptyBlockType);
    this.#open.push(label);
    body(label);
    this.#open.pop();
    this.code.byte(0x0b);
  }

  #depthOf(label: Label): number {
    if (this.#open[label.depth] !== label) {
      throw new AssemblyError("br: expected the label of an enclosing block or loop, got another.");
    }
    return this.#open.length - 1 - label.depth;
  }
}
