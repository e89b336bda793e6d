import { ranges, type ValueRange } from "@tapegrad/tensor/internal";

/** What gradients may be limited to; infinity limits nothing. */
export const limit: ValueRange<number> = ranges.numbers("≥ 0", (x) => x >= 0);
