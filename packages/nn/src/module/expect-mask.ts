import { DTypeError, type Shape, ShapeError, Tensor } from "@tapegrad/tensor";
import { expectTensor, formatShape, optional, type OptionTable, ranges, sameShape } from "@tapegrad/tensor/internal";

/** The option of what takes some of its input only. */
export interface MaskOption {
  /** Which elements count. */
  readonly mask?: Tensor | undefined;
}

/** The row of {@link MaskOption}. */
export const maskRow: OptionTable<MaskOption> = { mask: optional(ranges.instanceOf(Tensor)) };

/** Throws unless `mask` is of bools, true where elements count, and has exactly `shape` if one is given. */
export function expectMask(fn: string, mask: Tensor, shape?: Shape): void {
  expectTensor(fn, "mask", mask);
  if (mask.dtype !== "bool") {
    throw new DTypeError(`${fn}: expected a bool mask, got ${mask.dtype}. Where 1 counts, pass mask.ne(0).`);
  }
  if (shape !== undefined && !sameShape(mask.shape, shape)) {
    throw new ShapeError(`${fn}: expected a mask of shape ${formatShape(shape)}, got ${formatShape(mask.shape)}.`);
  }
}
