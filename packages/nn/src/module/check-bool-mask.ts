import { DTypeError, type Shape, ShapeError, type Tensor } from "@tapegrad/tensor";
import { formatShape, sameShape } from "@tapegrad/tensor/internal";

/** Throws unless `mask` is of bools, true where elements count, and has exactly `shape`. */
export function checkBoolMask(fn: string, mask: Tensor, shape: Shape): void {
  if (mask.dtype !== "bool") {
    throw new DTypeError(`${fn}: expected a bool mask, got ${mask.dtype}. Where 1 counts, pass mask.ne(0).`);
  }
  if (!sameShape(mask.shape, shape)) {
    throw new ShapeError(`${fn}: expected a mask of shape ${formatShape(shape)}, got ${formatShape(mask.shape)}.`);
  }
}
