import type { Expr, Operand } from "../../assembler/expr.ts";
import type { FunctionBuilder } from "../../assembler/function-builder.ts";
import type { Local } from "../../assembler/local.ts";
import type { ModuleBuilder } from "../../assembler/module-builder.ts";
import { call } from "../../assembler/ops/call.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import { select } from "../../assembler/ops/select.ts";
import type { GemmPlan } from "./gemm-plan.ts";
import { defineIsFinite } from "./is-finite.ts";

/** A part of an index range. */
export interface Block {
  readonly first: Expr<"i32">;
  readonly count: Expr<"i32">;
}

/** A band whose ends may only be known when the product runs. */
export interface RunningBand {
  readonly lower: Operand<"i32">;
  readonly upper: Operand<"i32">;
}

/** The bands of a product's terms and columns, where it has any. */
export interface RunningBands {
  readonly terms: RunningBand | undefined;
  readonly columns: RunningBand | undefined;
}

/**
 * Emits what decides which terms a product leaves out: those that A is zero in, unless B has an element that is not finite,
 * since 0 · ∞ and 0 · NaN are NaN.
 */
export function emitBands(f: FunctionBuilder, module: ModuleBuilder, plan: GemmPlan, b: Local<"i32">): RunningBands {
  const { spec, skipsTerms } = plan;
  const { bandA, bandC: columns, m, k } = spec;
  if (bandA === undefined || !skipsTerms) return { terms: undefined, columns };
  const isFinite = f.let(call(defineIsFinite(module, plan), { b }));
  const ends = (end: number, otherwise: number): Local<"i32"> =>
    f.let(select(isFinite, i32.const(end), i32.const(otherwise)));
  return { terms: { lower: ends(bandA.lower, -m), upper: ends(bandA.upper, k) }, columns };
}

/** The part of a range that a band leaves to some rows: never empty, and a multiple of `step` behind the start of the range. */
export function emitWithin(
  f: FunctionBuilder,
  band: RunningBand | undefined,
  rows: Block,
  range: Block,
  step: number,
): Block {
  if (band === undefined) return range;
  const last = f.let(i32.add(range.first, i32.sub(range.count, 1)));
  const from = f.let(i32.add(rows.first, band.lower));
  f.if(i32.gtS(from, last), () => f.set(from, last));
  f.if(i32.ltS(from, range.first), () => f.set(from, range.first));
  f.set(from, i32.sub(from, i32.remU(i32.sub(from, range.first), step)));
  const to = f.let(i32.add(i32.add(rows.first, i32.sub(rows.count, 1)), band.upper));
  f.if(i32.gtS(to, last), () => f.set(to, last));
  f.if(i32.ltS(to, from), () => f.set(to, from));
  return { first: from, count: f.let(i32.add(i32.sub(to, from), 1)) };
}
