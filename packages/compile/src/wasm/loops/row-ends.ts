import { type Expr, type FunctionBuilder, i32, type Local, type Operand, select } from "@tapegrad/simd";
import type { LoopKernel } from "../../schedule/loop-kernel.ts";
import type { RowBand } from "../../schedule/row-band.ts";
import type { Width } from "./lanes.ts";

/** The columns of a row that lie in a band, from the first up to, but without, the last; numbers are the same in every row. */
export interface RowEnds {
  readonly first: Operand<"i32">;
  readonly last: Operand<"i32">;
}

/** Columns that rows leave out on average, from which on they repay the bounds of their loops: one step and a half. */
const fewestLeftOut = 12;

/** Whether rows leave out so many columns beyond the steps that a band has a part in that they are faster. */
export function repaysBand({ extents }: LoopKernel, { rows, columns, lower, upper }: RowBand, width: Width): boolean {
  const [m, n] = [extents[rows]!, extents[columns]!];
  let leftOut = 0;
  for (let i = 0; i < m; i++) {
    const [first, last] = [Math.max(0, i + lower), Math.min(n, i + upper + 1)];
    leftOut += first - (first % width) + n - Math.min(n, Math.ceil(last / width) * width);
  }
  return leftOut >= fewestLeftOut * m;
}

/** Where the band begins and ends in a row. */
export function rowEnds(
  f: FunctionBuilder<"void">,
  { extents }: LoopKernel,
  { rows, columns, lower, upper }: RowBand,
  row: Expr<"i32">,
): RowEnds {
  const [m, n] = [extents[rows]!, extents[columns]!];
  const first = lower > 1 - m ? atLeast(f, i32.add(row, lower), 0) : 0;
  return { first, last: upper < n - 1 ? atMost(f, i32.add(row, upper + 1), n) : n };
}

/** The part of a loop from `from` to `to` whose steps have elements of the band: whole steps. */
export function stepsWithin(
  f: FunctionBuilder<"void">,
  { first, last }: RowEnds,
  from: number,
  to: number,
  step: number,
): RowEnds {
  const within = (place: Expr<"i32">): Local<"i32"> => atMost(f, from === 0 ? place : atLeast(f, place, from), to);
  return {
    first: typeof first === "number" ? from : within(i32.and(first, -step)),
    last: typeof last === "number" ? to : within(i32.and(i32.add(last, step - 1), -step)),
  };
}

function atLeast(f: FunctionBuilder<"void">, value: Expr<"i32">, least: number): Local<"i32"> {
  const known = f.let(value);
  return f.let(select(i32.gtS(known, least), known, i32.const(least)));
}

function atMost(f: FunctionBuilder<"void">, value: Expr<"i32">, most: number): Local<"i32"> {
  const known = f.let(value);
  return f.let(select(i32.ltS(known, most), known, i32.const(most)));
}
