import { apply, sizeOf } from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";

/**
 * For each element, the product of the other elements along `axes`.
 *
 * out_j = ∏_{k<j} x_k · ∏_{k>j} x_k, by two exclusive scans of log2(n) steps: no division, so
 * zeros are exact in every order of derivative.
 */
export function productOfOthers(x: Tensor, axes: readonly number[]): Tensor {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const moved = x.permute(order); // [...kept, ...reduced]
  const rows = moved.reshape([sizeOf(moved.shape.slice(0, kept.length)), sizeOf(moved.shape.slice(kept.length))]);
  const reversed = apply("flip", [rows], { axes: [1] })[0];
  const after = apply("flip", [productBefore(reversed)], { axes: [1] })[0];
  return productBefore(rows).mul(after).reshape(moved.shape).permute(inverse(order));
}

/** out_j = ∏_{k<j} x_k along the rows of an [m, n] tensor. */
function productBefore(rows: Tensor): Tensor {
  const n = rows.shape[1]!;
  let product = shifted(rows, Math.min(1, n));
  for (let step = 1; step < n - 1; step *= 2) product = product.mul(shifted(product, step));
  return product;
}

/** Rows moved right by `step`, with ones from the left. */
function shifted(rows: Tensor, step: number): Tensor {
  const [m, n] = rows.shape as readonly [number, number];
  const start = [0, 0];
  const [head] = apply("slice", [rows], { start, size: [m, n - step], step: [1, 1] });
  return apply("pad", [head], { low: [0, step], high: [0, 0], interior: [0, 0], value: 1 })[0];
}

/** The permutation that undoes `order`. */
export function inverse(order: readonly number[]): number[] {
  const back = new Array<number>(order.length);
  order.forEach((axis, position) => (back[axis] = position));
  return back;
}
