import { ShapeError, tensor, ValueError } from "@tapegrad/tensor";
import { allocate, expectTensor, formatShape, promote, sameShape, sizeOf } from "@tapegrad/tensor/internal";
import type { Shape, Tensor } from "@tapegrad/tensor";
import type { Transform } from "./transform.ts";

/** Per column `c`: `y = (x − center[c]) · scale[c] + shift`; undone by dividing. A scale of 0 marks a constant column. */
export interface ColumnAffine {
  readonly center: Float64Array;
  readonly scale: Float64Array;
  readonly shift: number;
}

/** Number of columns of samples of shape `[N, ...rest]`, or 1 if all values share their statistics. */
export function columnCount(shape: Shape, perColumn: boolean): number {
  return perColumn ? sizeOf(shape.slice(1)) : 1;
}

/** Throws unless `train` has at least one sample and only finite values. */
export function checkTraining(fn: string, train: Tensor): void {
  expectTensor(fn, "train", train);
  if (train.ndim === 0) throw new ShapeError(`${fn}: expected samples of shape [N, ...], got a scalar.`);
  if (train.size === 0) throw new ValueError(`${fn}: expected at least one training value, got an empty tensor.`);
  const at = train.data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new ValueError(`${fn}: expected finite training values, got ${train.data[at]} at flat index ${at}.`);
  }
}

/** The mean over the samples of a function of each column's values. */
export function columnMeans(
  data: ArrayLike<number>,
  columns: number,
  term: (value: number, column: number) => number,
): Float64Array {
  const sums = new Float64Array(columns);
  for (let index = 0, column = 0; index < data.length; index++) {
    sums[column]! += term(data[index]!, column);
    if (++column === columns) column = 0;
  }
  return sums.map((sum) => sum / (data.length / columns));
}

/** The mean of each column. That of equal values, which could be off by a rounding, is their value. */
export function columnCenters(data: ArrayLike<number>, columns: number): Float64Array {
  const isVaried = new Uint8Array(columns);
  for (let index = 0, column = 0; index < data.length; index++) {
    if (data[index] !== data[column]) isVaried[column] = 1;
    if (++column === columns) column = 0;
  }
  const means = columnMeans(data, columns, (value) => value);
  return means.map((mean, column) => (isVaried[column] === 1 ? mean : data[column]!));
}

/** Throws unless `x` has samples of the shape that a transform was fitted on. */
export function expectSamples(fn: string, x: Tensor, sample: Shape): void {
  expectTensor(fn, "samples", x);
  if (x.ndim > 0 && sameShape(x.shape.slice(1), sample)) return;
  throw new ShapeError(
    `${fn}: expected samples of shape [${["N", ...sample].join(", ")}] as fitted, got shape ${formatShape(x.shape)}.`,
  );
}

/**
 * The affine map and its inverse, in float64; the result is float64 for float64 input and float32 otherwise.
 *
 * @param sample the shape of one sample; undefined if all values share their statistics, and samples may have any shape
 */
export function columnTransform(
  fn: string,
  sample: Shape | undefined,
  { center, scale, shift }: ColumnAffine,
): Transform {
  const columns = center.length;
  const mapped = (method: string, x: Tensor, mapOne: (value: number, column: number) => number): Tensor => {
    if (sample === undefined) expectTensor(`${fn}.${method}`, "samples", x);
    else expectSamples(`${fn}.${method}`, x, sample);
    const from = x.data;
    const to = allocate(promote(x.dtype, "float32"), x.size);
    for (let index = 0, column = 0; index < to.length; index++) {
      to[index] = mapOne(from[index]!, column);
      if (++column === columns) column = 0;
    }
    return tensor(to, { shape: x.shape });
  };
  return {
    apply: (x) => mapped("apply", x, (value, c) => (value - center[c]!) * scale[c]! + shift),
    inverse: (y) =>
      mapped("inverse", y, (value, c) => (scale[c] === 0 ? center[c]! : (value - shift) / scale[c]! + center[c]!)),
  };
}
