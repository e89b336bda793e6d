import { type Tensor, tensor } from "@tapegrad/tensor";
import { expect } from "vitest";

/** `sin(0.7·i)` of the shape, float64: what the numbers of PyTorch in these tests are computed from. */
export function formula(...shape: readonly number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const values = Array.from({ length: size }, (_, i) => Math.sin(0.7 * i));
  return tensor(values, { dtype: "float64" }).reshape(shape);
}

/** The elements of a tensor. */
export const numbers = (t: Tensor): number[] => Array.from(t.detach().data);

/** Throws unless the numbers are those that are wanted. */
export function expectNear(got: readonly number[], want: readonly number[], tolerance: number): void {
  expect(got.length).toBe(want.length);
  got.forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThanOrEqual(tolerance));
}
