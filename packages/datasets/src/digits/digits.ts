import { tensor } from "@tapegrad/tensor";
import { type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { labelled, type LabelledImages, numbered } from "../labelled-data.ts";
import { scaleOption } from "../scale-option.ts";
import { digitsLabels, digitsPixels } from "./digits-data.ts";

/** Options of {@link digits}. */
export interface DigitsOptions {
  /** Factor for every pixel: 1 (the default) leaves 0..16, 1/16 gives 0..1. */
  readonly scale?: number;
}

const table: OptionTable<DigitsOptions> = { scale: scaleOption };

/** The data of {@link digits}: `x` is float32 `[1797, 64]`, `y` int32 `[1797]`, `classes` are "0" to "9". */
export interface Digits extends LabelledImages {
  /** Rows and columns of an image. */
  readonly imageShape: readonly [8, 8];
}

const side = 8;
const base = 17;

/**
 * 1,797 handwritten digits of 8 × 8 pixels.
 *
 * Pixels are ink counts of 4 × 4 blocks, the whole numbers 0 to 16, and are given as such unless `scale` is set. Three
 * of the 64 pixels are 0 in every image: a column of zero variance, so standardize with an epsilon or with `zScore` of
 * `@tapegrad/data`. The images are embedded; nothing is downloaded.
 *
 * Each call makes new tensors. Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits (1998), UCI
 * Machine Learning Repository, https://doi.org/10.24432/C50P49, the test part; CC BY 4.0.
 *
 * @throws {ValueError} if `scale` is not a finite number other than 0, or an option is unknown
 * @example
 * const { x, y, dataset } = digits();
 * x.shape; // => [1797, 64]
 * y.slice([0, 3]).toArray(); // => [0, 1, 2]
 * dataset.length; // => 1797
 */
export function digits(options: DigitsOptions = {}): Digits {
  const { scale } = settleOptions("digits", options, table);
  const count = digitsLabels.length;
  const pixels = Float32Array.from(digitsPixels, (character) => Number.parseInt(character, base) * scale);
  const labels = Int32Array.from(digitsLabels, Number);
  const x = tensor(pixels, { shape: [count, side * side] });
  return {
    ...labelled(x, tensor(labels), numbered(10)),
    images: x.reshape([count, 1, side, side]),
    imageShape: [side, side],
    licence:
      "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak (1998), UCI Machine Learning Repository, " +
      "https://doi.org/10.24432/C50P49, CC BY 4.0. The test part, unchanged.",
  };
}
