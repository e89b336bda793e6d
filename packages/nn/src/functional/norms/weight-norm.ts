import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { checkOptions, formatShape, sameShape } from "@tapegrad/tensor/internal";

/** Options of {@link weightNorm}. */
export interface WeightNormOptions {
  /** The axis that has one length for each of its entries, 0 unless given; null is one length for the whole weight. */
  readonly axis?: number | null;
}

/**
 * The lengths of a weight's rows: `‖v‖` over all axes but `axis`.
 *
 * @returns shape `[out, 1, ...]` for axis 0; no axes for null
 * @throws {ShapeError} for an axis that `v` does not have
 */
export function rowLengths(fn: string, v: Tensor, axis: number | null): Tensor {
  if (axis === null) return v.norm();
  if (!Number.isInteger(axis) || axis < -v.ndim || axis >= v.ndim) {
    throw new ShapeError(`${fn}: expected axis null or in [${-v.ndim}, ${v.ndim}), got ${String(axis)}.`);
  }
  const kept = axis < 0 ? axis + v.ndim : axis;
  return v.norm({ axis: v.shape.map((_, i) => i).filter((i) => i !== kept), keepDims: true });
}

/**
 * A weight from its direction and its length: `w = g · v / ‖v‖`, one length for each entry of `axis`.
 *
 * Backward: `dg = Σ dw·v̂` and `dv = g/‖v‖ · (dw − v̂·Σ dw·v̂)` with `v̂ = v/‖v‖`, so that dv is orthogonal to v.
 *
 * @param v direction, the shape of the weight; where it is 0, the result is NaN
 * @param g length, `[out, 1, ...]` for axis 0, no axes for null
 * @throws {ShapeError} when `g` does not have the shape of the lengths
 *
 * Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868
 *
 * @example
 * ```ts
 * weightNorm(tensor([[3, 4], [0, 2]]), tensor([[10], [1]])).toArray(); // => [[6, 8], [0, 1]]
 * ```
 */
export function weightNorm(v: Tensor, g: Tensor, options: WeightNormOptions = {}): Tensor {
  checkOptions("weightNorm", options, ["axis"]);
  const lengths = rowLengths("weightNorm", v, options.axis === undefined ? 0 : options.axis);
  if (!sameShape(g.shape, lengths.shape)) {
    throw new ShapeError(`weightNorm: expected g of shape ${formatShape(lengths.shape)}, got ${formatShape(g.shape)}.`);
  }
  return v.mul(g.div(lengths));
}
