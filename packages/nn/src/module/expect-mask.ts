import { DTypeError, Tensor } from "@tapegrad/tensor";
import { expectTensor, optional, type OptionTable, ranges } from "@tapegrad/tensor/internal";

/** The option of what takes some of its input only. */
export interface MaskOption {
  /** Which elements count. */
  readonly mask?: Tensor | undefined;
}

/** The row of {@link MaskOption}. */
export const maskRow: OptionTable<MaskOption> = { mask: optional(ranges.instanceOf(Tensor)) };

/** Throws unless `mask` is of bools, true where elements count. */
export function expectMask(fn: string, mask: Tensor): void {
  expectTensor(fn, "mask", mask);
  if (mask.dtype !== "bool") {
    throw new DTypeError(`${fn}: expected a bool mask, got ${mask.dtype}. Where 1 counts, pass mask.ne(0).`);
  }
}
