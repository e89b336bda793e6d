import { ShapeError, tensor, ValueError } from "@tapegrad/tensor";
import { allocate, formatShape, promote, sameShape, sizeOf } from "@tapegrad/tensor/internal";
import type { Shape, Tensor } from "@tapegrad/tensor";

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
  if (train.ndim === 0) throw new ShapeError(`${fn}: expected samples of shape [N, ...], got a scalar.`);
  if (train.size === 0) throw new ValueError(`${fn}: expected at least one training value, got an empty tensor.`);
  const at = train.data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new ValueError(`${fn}: expected finite training values, got ${train.data[at]} at flat index ${at}.`);
  }
}

/** Applies the affine map, or undoes it, in float64; the result is float64 for float64 input and float32 otherwise. */
export function mapColumns(
  fn: string,
  x: Tensor,
  fitted: Shape,
  map: ColumnAffine,
  direction: "apply" | "inverse",
): Tensor {
  if (map.center.length > 1 && !(x.ndim > 0 && sameShape(x.shape.slice(1), fitted.slice(1)))) {
    throw new ShapeError(
      `${fn}: expected samples of shape [N, ${fitted.slice(1).join(", ")}] as fitted, got shape ${formatShape(x.shape)}.`,
    );
  }
  const { center, scale, shift } = map;
  const columns = center.length;
  const from = x.data;
  const to = allocate(promote(x.dtype, "float32"), x.size);
  for (let index = 0, column = 0; index < to.length; index++) {
    const middle = center[column]!;
    const factor = scale[column]!;
    const value = from[index]!;
    if (direction === "apply") to[index] = (value - middle) * factor + shift;
    else to[index] = factor === 0 ? middle : (value - shift) / factor + middle;
    if (++column === columns) column = 0;
  }
  return tensor(to, { shape: [...x.shape] });
}
