import { DTypeError, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import {
  asFloat,
  expectElements,
  expectNothing,
  expectTensor,
  expectValue,
  formatShape,
  ranges,
} from "@tapegrad/tensor/internal";

/** Throws unless `positions` are int32 of shape `[n]`, each in `[0, count)`. */
export function checkPositions(fn: string, name: string, positions: Tensor, n: number, count: number): void {
  expectTensor(fn, name, positions);
  if (positions.dtype !== "int32") {
    throw new DTypeError(`${fn}: expected an int32 ${name}, got ${positions.dtype}. Convert it with to("int32").`);
  }
  if (positions.ndim !== 1 || positions.size !== n) {
    throw new ShapeError(`${fn}: expected ${name} of shape [${n}], got ${formatShape(positions.shape)}.`);
  }
  expectElements(positions, {
    within: [[0, count - 1]],
    error: (k) => new ValueError(`${fn}: expected ${name} in [0, ${count}), got ${k}.`),
  });
}

/** Throws unless the slices of `x` have segments below `count`. */
export function checkSegments(fn: string, x: Tensor, segment: Tensor, count: number): void {
  expectTensor(fn, "x", x);
  expectValue(fn, "count", count, ranges.extent);
  const [slices] = x.shape;
  if (slices === undefined) throw new ShapeError(`${fn}: expected input of at least one axis, got shape [].`);
  checkPositions(fn, "segment", segment, slices, count);
}

/** The sums of slices by their segments, which are known to lie below `count`. */
export function sums(x: Tensor, segment: Tensor, count: number): Tensor {
  const [slices = 0, ...rest] = x.shape;
  const index = segment.reshape([slices, ...rest.map(() => 1)]).broadcastTo(x.shape);
  return zeros([count, ...rest], { dtype: x.dtype }).scatterAdd(0, index, x);
}

/** The means of slices by their segments, which are known to lie below `count`; 0 where there are none. */
export function means(x: Tensor, segment: Tensor, count: number): Tensor {
  const [slices = 0, ...rest] = x.shape;
  const ones = zeros([slices], { dtype: x.dtype }).add(1);
  const sizes = sums(ones, segment, count).clamp(1);
  return sums(x, segment, count).div(sizes.reshape([count, ...rest.map(() => 1)]));
}

/**
 * Adds up slices that belong together, as the nodes of each graph of a batch, or what reaches a node along its edges:
 * `y[k] = Σ x[i] over all i with segment[i] = k`.
 *
 * Backward: `dx[i] = dy[segment[i]]`.
 *
 * @param x `[n, ...]`; bools are added as int32
 * @param segment to which segment each slice belongs, int32 of shape `[n]`, in any order
 * @param count number of segments
 * @returns `[count, ...]`, zeros for a segment without slices
 * @throws {DTypeError} when `segment` is not int32
 * @throws {ShapeError} when `segment` is not `[n]`
 * @throws {ValueError} for a segment that is not in `[0, count)`
 * @example
 * segmentSum(tensor([1, 2, 3]), tensor([2, 0, 2], { dtype: "int32" }), 3).toArray(); // => [2, 0, 4]
 */
export function segmentSum(x: Tensor, segment: Tensor, count: number, ...none: []): Tensor {
  expectNothing("segmentSum", none);
  checkSegments("segmentSum", x, segment, count);
  return sums(x, segment, count);
}

/**
 * The means of slices that belong together; those of {@link segmentSum}, divided by how many there are.
 *
 * Backward: `dx[i] = dy[segment[i]] / n[segment[i]]`.
 *
 * @param x `[n, ...]`; integers become float32
 * @param segment to which segment each slice belongs, int32 of shape `[n]`, in any order
 * @param count number of segments
 * @returns `[count, ...]`, zeros for a segment without slices
 * @throws {DTypeError} when `segment` is not int32
 * @throws {ShapeError} when `segment` is not `[n]`
 * @throws {ValueError} for a segment that is not in `[0, count)`
 * @example
 * segmentMean(tensor([1, 2, 3]), tensor([2, 0, 2], { dtype: "int32" }), 3).toArray(); // => [2, 0, 2]
 */
export function segmentMean(x: Tensor, segment: Tensor, count: number, ...none: []): Tensor {
  expectNothing("segmentMean", none);
  checkSegments("segmentMean", x, segment, count);
  return means(asFloat(x), segment, count);
}
