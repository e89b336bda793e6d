import type { Expr } from "../assembler/expr.ts";
import { f32x4, f64x2 } from "../assembler/ops/float-vector.ts";
import type { FloatVectorOps } from "../assembler/ops/float-vector.ts";
import { i32x4, i64x2 } from "../assembler/ops/integer-vector.ts";

/** The names of the float vector shapes. */
export type FloatShapeName = "f32x4" | "f64x2";

/** What an algorithm that serves both precisions needs to know of one. */
export interface FloatShape {
  readonly name: FloatShapeName;
  /** Arithmetic on the lanes. */
  readonly float: Omit<FloatVectorOps<"f32">, "splat" | "extractLane" | "replaceLane">;
  /** Arithmetic on the bits of the lanes. */
  readonly integer: Pick<typeof i32x4, "add" | "sub" | "shl" | "shrU" | "allTrue"> & Pick<typeof i64x2, "gtS">;
  /** The same integer in every lane. */
  readonly bits: (value: bigint) => Expr<"v128">;
  /** Explicit bits of the significand, which are the position of the exponent. */
  readonly mantissaBits: number;
  /** What is added to the exponent before it is stored. */
  readonly bias: number;
  /** The smallest normal number. */
  readonly smallestNormal: number;
  /** The largest finite number. */
  readonly largest: number;
  /** ln 2 in two parts; the first has so few bits that its product with an exponent is exact. */
  readonly ln2: readonly [high: number, low: number];
}

/** Four single-precision lanes. */
export const single: FloatShape = {
  name: "f32x4",
  float: f32x4,
  integer: i32x4,
  bits: (value) => i32x4.const(Number(BigInt.asIntN(32, value))),
  mantissaBits: 23,
  bias: 127,
  smallestNormal: 2 ** -126,
  largest: (2 - 2 ** -23) * 2 ** 127,
  ln2: [0.693145751953125, 1.428606765330187e-6],
};

/** Two double-precision lanes. */
export const double: FloatShape = {
  name: "f64x2",
  float: f64x2,
  integer: i64x2,
  bits: (value) => i64x2.const(BigInt.asIntN(64, value)),
  mantissaBits: 52,
  bias: 1023,
  smallestNormal: 2 ** -1022,
  largest: Number.MAX_VALUE,
  ln2: [0.6931471803691238, 1.9082149292705877e-10],
};
