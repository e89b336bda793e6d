import { Tensor } from "@tapegrad/tensor";
import { expect } from "vitest";

/** How far an element may be from the wanted one: `|got − want| ≤ atol + rtol · |want|`. */
export interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
  /** What is compared, for the message. */
  readonly what?: string;
}

/** Numbers in row-major order, with their shape or as nested arrays. */
export type Expected =
  | number
  | readonly Expected[]
  | { readonly shape?: readonly number[]; readonly data: ArrayLike<number> };

function elementsOf(expected: Expected): readonly number[] {
  if (typeof expected === "number") return [expected];
  return "data" in expected ? Array.from(expected.data) : expected.flatMap(elementsOf);
}

/**
 * Fails unless every element is near the wanted one, by default to 12 digits; NaN is near NaN, and infinities are near themselves.
 * Shapes are compared where both sides have one, dtypes of two tensors too.
 */
export function expectClose(
  got: Tensor | { readonly data: ArrayLike<number> } | undefined,
  want: Expected,
  { rtol = 0, atol = 5e-13, what = "result" }: Tolerance = {},
): void {
  expect(got, what).toBeDefined();
  const [actual, expected] = [Array.from(got!.data), elementsOf(want)];
  if (got instanceof Tensor && typeof want === "object" && "shape" in want)
    expect(got.shape, what).toEqual([...want.shape]);
  if (got instanceof Tensor && want instanceof Tensor) expect(got.dtype, what).toBe(want.dtype);
  expect(actual.length, `elements of ${what}`).toBe(expected.length);
  actual.forEach((x, i) => {
    const y = expected[i]!;
    const isClose = Object.is(x, y) || x === y || Math.abs(x - y) <= atol + rtol * Math.abs(y);
    expect(isClose, `${what}, element ${i}: expected ${y}, got ${x}`).toBe(true);
  });
}
