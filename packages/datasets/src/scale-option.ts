import { option, type Option, ranges } from "@tapegrad/tensor/internal";

/** The option of data sets of images: a factor for every pixel. */
export const scaleOption: Option<number> = option(
  ranges.numbers("to be a finite number other than 0", (x) => Number.isFinite(x) && x !== 0),
  1,
);
