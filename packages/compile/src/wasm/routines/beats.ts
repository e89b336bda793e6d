import { type Expr, type f32x4, type f64, i32, i32x4, v128 } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { elements } from "../elements.ts";

/** Which of two elements is the better one: the larger or the smaller. */
export type Better = "gt" | "lt";

/** Whether an element beats another, the second; a bool as an int32. What is NaN beats everything that is not. */
export function beatsOf(dtype: DType, better: Better): (x: Expr, value: Expr) => Expr<"i32"> {
  const { floats } = elements[dtype];
  if (floats === undefined) {
    const compare = better === "gt" ? i32.gtS : i32.ltS;
    return (x, value) => compare(x as Expr<"i32">, value as Expr<"i32">);
  }
  const { le, ge, eq } = floats.scalars as typeof f64;
  const isNoBetter = better === "gt" ? le : ge;
  return (x, value) => {
    const [a, b] = [x as Expr<"f64">, value as Expr<"f64">];
    return i32.and(i32.eqz(isNoBetter(a, b)), eq(b, b));
  };
}

/** Which of four elements of four bytes beat others, as masks. */
export function fourBeat(dtype: DType, better: Better): (x: Expr<"v128">, value: Expr<"v128">) => Expr<"v128"> {
  const { floats } = elements[dtype];
  if (floats === undefined) return better === "gt" ? i32x4.gtS : i32x4.ltS;
  const { le, ge, eq } = floats.vectors as typeof f32x4;
  const isNoBetter = better === "gt" ? le : ge;
  return (x, value) => v128.andnot(eq(value, value), isNoBetter(x, value));
}
