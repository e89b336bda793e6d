import type { Tensor } from "./tensor.ts";

/** The slices of `x` along an axis at the positions of a 1-d `index`, which is known to lie within it. */
export function selectAlong(x: Tensor, axis: number, index: Tensor): Tensor {
  const line = x.shape.map((_, a) => (a === axis ? index.size : 1));
  const full = x.shape.with(axis, index.size);
  return x["run"]("gather", [index.reshape(line).broadcastTo(full)], { axis });
}
