import { type ElementwiseProgram, elementwiseProgram, runElementwise } from "@tapegrad/simd";
import type { TypedArray } from "../dtype.ts";
import { hasKernels } from "./kernels.ts";
import { type Shape, stridesOf } from "../shape.ts";
import type { Block } from "../storage.ts";
import { forEachIndexed } from "../primitives/indexing.ts";
import type { AxisAttrs, SliceAttrs } from "../primitives/primitive.ts";
import { forEachRow } from "../primitives/strided-copy.ts";

/**
 * Sums of floats that grow in place, for who owns their array: what stands here gives the bits that `add` gives of the
 * tensors that `pad` and `scatterAdd` make, without making them.
 */

/** Elements from which on copying to the kernels and back pays. */
const least = 256;
let addition: ElementwiseProgram | undefined;

/** Adds `x` to `sum`, element by element. */
export function addTo(sum: TypedArray, x: TypedArray): void {
  if (sum instanceof Float32Array && sum.length >= least && hasKernels()) {
    addition ??= elementwiseProgram(({ input, add }) => [add(input(), input())]);
    runElementwise(addition, { inputs: [sum, x as Float32Array], outputs: [sum] });
    // A loop for each type of array: engines compile those that see one only.
  } else if (sum instanceof Float32Array && x instanceof Float32Array) {
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + x[i]!;
  } else {
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + x[i]!;
  }
}

/** Adds `x` to the elements of `sum`, an array of `shape`, that `slice` would take. */
export function addToSlice(sum: TypedArray, shape: Shape, x: TypedArray, { start, size, step }: SliceAttrs): void {
  const strides = stridesOf(shape);
  const offset = strides.reduce((at, stride, axis) => at + stride * start[axis]!, 0);
  const taken = strides.map((stride, axis) => stride * step[axis]!);
  const { extents, steps } = joined(size, taken);
  const n = extents.at(-1) ?? 1;
  const by = steps.at(-1) ?? 0;
  forEachRow(extents, offset, steps, (at, row) => {
    for (let i = row * n, to = at; i < row * n + n; i++, to += by) sum[to] = sum[to]! + x[i]!;
  });
}

/** Inner axes that lie one behind the other as one. */
function joined(size: Shape, strides: readonly number[]): { extents: number[]; steps: number[] } {
  const extents = [...size];
  const steps = [...strides];
  for (let axis = extents.length - 2; axis >= 0; axis--) {
    if (steps[axis] !== steps[axis + 1]! * extents[axis + 1]!) break;
    const inner = extents.pop()!;
    extents[axis] = extents[axis]! * inner;
    steps[axis] = steps.pop()!;
  }
  return { extents, steps };
}

/**
 * Adds `x` to the elements of `sum`, an array of `shape`, that `gather` would take. What meets in one element is added up
 * first, in float64.
 *
 * @param totals as many zeros as `sum` has elements; they are zeros again afterwards
 */
export function addToGathered(
  sum: TypedArray,
  shape: Shape,
  index: Block,
  x: TypedArray,
  { axis }: AxisAttrs,
  totals: Float64Array,
): void {
  const rounded = sum instanceof Float32Array ? Math.fround : (total: number): number => total;
  forEachIndexed(shape, index, axis, (at, i) => {
    totals[at] = totals[at]! + x[i]!;
  });
  // An element that was met before gets nothing more.
  forEachIndexed(shape, index, axis, (at) => {
    sum[at] = sum[at]! + rounded(totals[at]!);
    totals[at] = 0;
  });
}
