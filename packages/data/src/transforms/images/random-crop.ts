import { ShapeError } from "@tapegrad/tensor";
import {
  allocate,
  formatShape,
  fromData,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { freshSeed, seedOption } from "../../samplers/fresh-seed.ts";
import { type RandomTransform, randomTransform } from "./random-transform.ts";

/** Options of {@link randomCrop}. */
export interface RandomCropOptions {
  /** Height and width of what is cut out, or both in one number; those of the image if absent. */
  readonly size?: number | readonly [height: number, width: number] | undefined;
  /** Zeros that are thought around the image on each side; 0 if absent. */
  readonly padding?: number;
  /** The same seed cuts at the same places. Drawn from the default generator if absent. */
  readonly seed?: number | undefined;
}

const table: OptionTable<RandomCropOptions> = {
  size: optional(ranges.either(ranges.extent, ranges.listOf(ranges.extent, 2))),
  padding: option(ranges.whole(0), 0),
  seed: seedOption,
};

/**
 * Cuts a window out of images, at a random place of each: all places are as likely.
 *
 * Where follows from seed, epoch and index, see {@link RandomTransform}.
 *
 * @returns what takes images `[C, H, W]` or `[N, C, H, W]`, with indices and epoch, and keeps the dtype
 * @throws {ShapeError} if an extent of the size is no whole number ≥ 1; by the function, if the window is larger than image
 *   and padding
 * @example
 * const crop = randomCrop({ padding: 4, seed: 0 });
 * crop(ones([8, 3, 32, 32]), 0).shape; // => [8, 3, 32, 32]
 * const images = new TensorDataset(zeros([8, 1, 28, 28]), arange(8));
 * const train = map(images, ([image, label], index, epoch) => [crop(image, index, epoch), label]);
 * train.length; // => 8
 */
export function randomCrop(options: RandomCropOptions = {}): RandomTransform {
  const { size, padding, seed = freshSeed() } = settleOptions("randomCrop", options, table);
  return randomTransform("randomCrop", { seed, purpose: "crop" }, (images, extents, wordsOf) => {
    const { samples, channels, height, width } = extents;
    const [rows, columns] = typeof size === "number" ? [size, size] : (size ?? [height, width]);
    const [down, right] = [height + 2 * padding - rows, width + 2 * padding - columns];
    if (down < 0 || right < 0) {
      throw new ShapeError(
        `randomCrop: expected images of at least ${rows} × ${columns} with ${padding} around them, got shape ${formatShape(images.shape)}.`,
      );
    }
    const from = images.data;
    const to = allocate(images.dtype, samples * channels * rows * columns);
    for (let sample = 0; sample < samples; sample++) {
      const words = wordsOf(sample);
      const top = Math.floor((words[0]! / 2 ** 32) * (down + 1)) - padding;
      const left = Math.floor((words[1]! / 2 ** 32) * (right + 1)) - padding;
      // What of the window lies on the image.
      const [begin, end] = [Math.max(0, left), Math.min(width, left + columns)];
      if (begin >= end) continue;
      for (let channel = sample * channels; channel < (sample + 1) * channels; channel++) {
        for (let row = Math.max(0, -top); row < Math.min(rows, height - top); row++) {
          const start = (channel * height + top + row) * width;
          to.set(from.subarray(start + begin, start + end), (channel * rows + row) * columns + begin - left);
        }
      }
    }
    return fromData(to, [samples, channels, rows, columns], images.dtype);
  });
}
