import { type Expr, f32x4, i32x4, v128 } from "@tapegrad/simd";
import type { ReductionName } from "../../operations/operations.ts";
import type { ReduceNode } from "../../schedule/loop-kernel.ts";

type Vector = Expr<"v128">;

/**
 * What the largest and the least of float32 follow from, by their bits as integers: the largest signed, the least unsigned, the
 * largest unsigned. An instruction each, which waits for one cycle; maximum and minimum of floats, which order zeros and
 * keep NaN, are eight on x86 that wait for each other.
 */
export const bitExtremes: readonly ((a: Vector, b: Vector) => Vector)[] = [i32x4.maxS, i32x4.minU, i32x4.maxU];

/** Whether a reduction is one of {@link bitExtremes}. */
export function isOfBits({ name, dtype }: ReduceNode): boolean {
  return dtype === "float32" && (name === "max" || name === "min");
}

/**
 * The extreme itself. Of what has a sign, the bits of a larger magnitude are larger; anything without one is larger signed and less
 * unsigned. Beyond infinity is NaN: where it has the sign of the extreme it is found as the extreme, the other is looked for.
 */
export function extremeOfBits(name: ReductionName, extremes: readonly Vector[]): Vector {
  const [signed, least, largest] = extremes as [Vector, Vector, Vector];
  const isBelowZero = (bits: Vector): Vector => i32x4.ltS(bits, i32x4.const(0));
  if (name === "max") {
    const number = v128.bitselect(least, signed, isBelowZero(signed));
    return v128.bitselect(largest, number, i32x4.gtU(largest, f32x4.const(-Infinity)));
  }
  const number = v128.bitselect(largest, least, isBelowZero(largest));
  return v128.bitselect(signed, number, i32x4.gtS(signed, f32x4.const(Infinity)));
}
