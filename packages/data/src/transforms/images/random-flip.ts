import { allocate, fromData, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { freshSeed, seedOption } from "../../samplers/fresh-seed.ts";
import { type RandomTransform, randomTransform } from "./random-transform.ts";

/** Options of {@link randomHorizontalFlip} and {@link randomVerticalFlip}. */
export interface RandomFlipOptions {
  /** The probability that an image is flipped; 0.5 if absent. */
  readonly rate?: number;
  /** The same seed flips the same images. Drawn from the default generator if absent. */
  readonly seed?: number | undefined;
}

const table: OptionTable<RandomFlipOptions> = { rate: option(ranges.unit, 0.5), seed: seedOption };

/**
 * Exchanges left and right of images, each with probability `rate`.
 *
 * Which images are flipped follows from seed, epoch and index, see {@link RandomTransform}.
 *
 * @returns what takes images `[C, H, W]` or `[N, C, H, W]`, with indices and epoch, and keeps shape and dtype
 * @throws {ValueError} if the rate is not in [0, 1]
 * @example
 * const flip = randomHorizontalFlip({ rate: 1, seed: 0 });
 * flip(tensor([[[1, 2], [3, 4]]]), 0).toArray(); // => [[[2, 1], [4, 3]]]
 * const images = new TensorDataset(zeros([8, 1, 4, 4]), arange(8));
 * const train = map(images, ([image, label], index, epoch) => [flip(image, index, epoch), label]);
 * train.length; // => 8
 */
export function randomHorizontalFlip(options: RandomFlipOptions = {}): RandomTransform {
  return randomFlip("randomHorizontalFlip", options);
}

/**
 * Exchanges top and bottom of images, each with probability `rate`.
 *
 * Which images are flipped follows from seed, epoch and index, see {@link RandomTransform}.
 *
 * @returns what takes images `[C, H, W]` or `[N, C, H, W]`, with indices and epoch, and keeps shape and dtype
 * @throws {ValueError} if the rate is not in [0, 1]
 * @example
 * randomVerticalFlip({ rate: 1, seed: 0 })(tensor([[[1, 2], [3, 4]]]), 0).toArray(); // => [[[3, 4], [1, 2]]]
 */
export function randomVerticalFlip(options: RandomFlipOptions = {}): RandomTransform {
  return randomFlip("randomVerticalFlip", options);
}

function randomFlip(fn: "randomHorizontalFlip" | "randomVerticalFlip", options: RandomFlipOptions): RandomTransform {
  const { rate, seed = freshSeed() } = settleOptions(fn, options, table);
  const isHorizontal = fn === "randomHorizontalFlip";
  const purpose = isHorizontal ? "horizontalFlip" : "verticalFlip";
  return randomTransform(fn, { seed, purpose }, (images, { samples, channels, height, width }, wordsOf) => {
    const from = images.data;
    const to = allocate(images.dtype, from.length);
    to.set(from);
    const size = channels * height * width;
    for (let sample = 0; sample < samples; sample++) {
      if (wordsOf(sample)[0]! >= rate * 2 ** 32) continue;
      for (let row = 0; row < channels * height; row++) {
        const start = sample * size + row * width;
        if (isHorizontal) to.subarray(start, start + width).reverse();
        else {
          const y = row % height;
          const mirrored = start + (height - 1 - 2 * y) * width;
          to.set(from.subarray(mirrored, mirrored + width), start);
        }
      }
    }
    return fromData(to, [samples, channels, height, width], images.dtype);
  });
}
