import { type Expr, f32x4, f64x2, i32x4, v128 } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import type { ReduceNode } from "../../schedule/loop-kernel.ts";

type Vector = Expr<"v128">;
type Merge = (a: Vector, b: Vector) => Vector;

/**
 * The largest or the least of floats by three vectors, each of which waits for one instruction a term; maximum and minimum of
 * floats, which order zeros and keep NaN, are eight on x86 that wait for each other. All three start from the neutral element.
 */
export interface BitExtremes {
  /** What of a term goes into each of them. */
  readonly terms: (x: Vector) => readonly Vector[];
  readonly merges: readonly Merge[];
  /** The extreme itself. */
  readonly whole: (merged: readonly Vector[]) => Vector;
}

/** What a reduction is found by; undefined of those that combine terms one way. */
export function bitExtremesOf({ name, dtype }: Pick<ReduceNode, "name" | "dtype">): BitExtremes | undefined {
  return name === "max" || name === "min" ? byDType[dtype]?.[name] : undefined;
}

const same = (x: Vector): readonly Vector[] => [x, x, x];
/** By their bits as integers: the largest signed, the least unsigned, the largest unsigned. */
const integers: readonly Merge[] = [i32x4.maxS, i32x4.minU, i32x4.maxU];
const isBelowZero = (bits: Vector): Vector => i32x4.ltS(bits, i32x4.const(0));

/**
 * Of numbers, of which comparisons leave out NaN and do not order zeros, the extreme; its sign, as of the largest is negative what
 * has only negative terms, and of the least what has any; and bits that NaN clears.
 */
function ofNumbers(number: Merge, sign: Merge): BitExtremes {
  return {
    terms: (x) => [x, x, f64x2.eq(x, x)],
    merges: [number, sign, v128.and],
    whole: ([extreme, signs, ordered]) =>
      v128.or(v128.bitselect(signs!, extreme!, f64x2.const(-0)), f64x2.eq(ordered!, f64x2.const(0))),
  };
}

const byDType: { readonly [D in DType]?: { readonly max: BitExtremes; readonly min: BitExtremes } } = {
  // Of what has a sign, the bits of a larger magnitude are larger; anything without one is larger signed and less unsigned. Beyond
  // infinity is NaN: where it has the sign of the extreme it is found as the extreme, the other is looked for.
  float32: {
    max: {
      terms: same,
      merges: integers,
      whole: ([signed, least, largest]) => {
        const number = v128.bitselect(least!, signed!, isBelowZero(signed!));
        return v128.bitselect(largest!, number, i32x4.gtU(largest!, f32x4.const(-Infinity)));
      },
    },
    min: {
      terms: same,
      merges: integers,
      whole: ([signed, least, largest]) => {
        const number = v128.bitselect(largest!, least!, isBelowZero(largest!));
        return v128.bitselect(signed!, number, i32x4.gtS(signed!, f32x4.const(Infinity)));
      },
    },
  },
  // There are no extremes of 64-bit integers.
  float64: { max: ofNumbers(f64x2.pmax, v128.and), min: ofNumbers(f64x2.pmin, v128.or) },
};
