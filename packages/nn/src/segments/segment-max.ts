import { full, type Tensor, where } from "@tapegrad/tensor";
import { apply, asFloat, expectNothing } from "@tapegrad/tensor/internal";
import { checkSegments, sums } from "./segments.ts";

/** The largest of slices by their segments, which are known to lie below `count`; `none` where there are none. */
export function largest(x: Tensor, segment: Tensor, count: number, none: number = -Infinity): Tensor {
  const [slices = 0, ...rest] = x.shape;
  // Made of x, so that backward goes through.
  if (slices === 0) return x.pad([[0, count], ...rest.map((): [number, number] => [0, 0])], { value: none });
  const spread = (t: Tensor): Tensor =>
    t.reshape([t.size, ...rest.map(() => 1)]).broadcastTo([t.size, ...rest]); // prettier-ignore
  const sorted = (t: Tensor): Tensor => apply("argsort", [t], { axis: 0, descending: false })[0];
  // Sorted by segment, and by value within one, since sorting keeps the order of what is equal.
  const byValue = sorted(x);
  const order = byValue.gather(0, sorted(spread(segment).gather(0, byValue)));
  const sizes = sums(full([slices], 1, { dtype: "int32" }), segment, count);
  const last = order.gather(0, spread(sizes.cumsum({ axis: 0 }).sub(1).clamp(0)));
  return where(spread(sizes).gt(0), x.gather(0, last), none);
}

/** The softmax of slices among those of their segment, all of them known to lie below `count`. */
export function shares(x: Tensor, segment: Tensor, count: number): Tensor {
  const of = (t: Tensor): Tensor => t.indexSelect(0, segment);
  const weights = x.sub(of(largest(x.detach(), segment, count))).exp();
  return weights.div(of(sums(weights, segment, count)));
}

/**
 * The largest of slices that belong together, element by element: `y[k] = max x[i] over all i with segment[i] = k`.
 *
 * Backward: the cotangent goes to the largest element, to the last one where several are.
 *
 * @param x `[n, ...]`; integers become float32
 * @param segment to which segment each slice belongs, int32 of shape `[n]`, in any order
 * @param count number of segments
 * @returns `[count, ...]`, −∞ for a segment without slices
 * @throws {DTypeError} when `segment` is not int32
 * @throws {ShapeError} when `segment` is not `[n]`
 * @throws {ValueError} for a segment that is not in `[0, count)`
 * @example
 * segmentMax(tensor([1, 5, 3]), tensor([1, 0, 1], { dtype: "int32" }), 2).toArray(); // => [5, 3]
 */
export function segmentMax(x: Tensor, segment: Tensor, count: number, ...none: []): Tensor {
  expectNothing("segmentMax", none);
  checkSegments("segmentMax", x, segment, count);
  return largest(asFloat(x), segment, count);
}

/**
 * Softmax among the slices that belong together, element by element: `y[i] = exp(x[i]) / Σ exp(x[j])` over all j of the
 * segment of i.
 *
 * Backward: `dx[i] = y[i] · (dy[i] − Σ dy[j]·y[j])`.
 *
 * @param x `[n, ...]`; integers become float32
 * @param segment to which segment each slice belongs, int32 of shape `[n]`, in any order
 * @param count number of segments
 * @returns as `x`
 * @throws {DTypeError} when `segment` is not int32
 * @throws {ShapeError} when `segment` is not `[n]`
 * @throws {ValueError} for a segment that is not in `[0, count)`
 * @example
 * segmentSoftmax(tensor([7, 5, 7]), tensor([1, 0, 1], { dtype: "int32" }), 2).toArray(); // => [0.5, 1, 0.5]
 */
export function segmentSoftmax(x: Tensor, segment: Tensor, count: number, ...none: []): Tensor {
  expectNothing("segmentSoftmax", none);
  checkSegments("segmentSoftmax", x, segment, count);
  return shares(asFloat(x), segment, count);
}
