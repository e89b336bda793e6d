import type { Tensor } from "@tapegrad/tensor";
import { ShapeError, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectNoTrace,
  expectTensor,
  expectValue,
  formatShape,
  quoted,
  ranges,
} from "@tapegrad/tensor/internal";
import { expectIndices } from "../../expect-indices.ts";
import { type Purpose, randomWords } from "../../samplers/random-words.ts";

/**
 * Changes images at random: one of shape `[C, H, W]`, or a batch `[N, C, H, W]`. What happens to a sample follows from the
 * seed of the transform, the epoch and the index of the sample alone, whoever reads it and in which order.
 *
 * @param index of the sample; of a batch, those of its samples, or that of the first if they follow one another
 * @param epoch from 0; 0 if absent
 */
export type RandomTransform = (
  images: Tensor,
  index: number | ArrayLike<number>,
  epoch?: number,
  ...none: []
) => Tensor;

/** The sizes of a batch of images. */
export interface Extents {
  readonly samples: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Random words for one sample after the other. */
export type WordsOf = (sample: number) => Uint32Array;

/**
 * A transform under its name: checks what it is given, and has `change` make the images, as a batch.
 *
 * @throws {ShapeError} unless there are three axes or four
 */
export function randomTransform(
  fn: string,
  { seed, purpose }: { readonly seed: number; readonly purpose: Purpose },
  change: (images: Tensor, extents: Extents, wordsOf: WordsOf) => Tensor,
): RandomTransform {
  return (images, index, epoch = 0, ...none) => {
    expectNothing(fn, none);
    expectTensor(fn, "images", images);
    expectNoTrace(fn, "Change the images before the call, and pass them as an argument.");
    expectValue(fn, "epoch", epoch, ranges.whole(0));
    if (images.ndim !== 3 && images.ndim !== 4) {
      throw new ShapeError(
        `${fn}: expected images of shape [C, H, W] or [N, C, H, W], got shape ${formatShape(images.shape)}.`,
      );
    }
    const [samples, channels, height, width] = (images.ndim === 4 ? images.shape : [1, ...images.shape]) as [
      number,
      number,
      number,
      number,
    ];
    const indexOf = indicesOf(fn, index, samples);
    const wordsOf: WordsOf = (sample) => randomWords(4, seed, purpose, epoch, 4 * indexOf(sample));
    const changed = change(images, { samples, channels, height, width }, wordsOf);
    return images.ndim === 4 ? changed : changed.squeeze(0);
  };
}

function indicesOf(fn: string, index: number | ArrayLike<number>, samples: number): (sample: number) => number {
  if (typeof index === "number") {
    expectValue(fn, "index", index, ranges.whole(0));
    return (sample) => index + sample;
  }
  expectIndices(fn, index);
  if (index.length !== samples) {
    throw new ValueError(`${fn}: expected an index for each of ${samples} images, got ${index.length}.`);
  }
  for (const each of Array.from(index)) {
    if (!ranges.whole(0).has(each)) throw new ValueError(`${fn}: expected indices ≥ 0, got ${quoted(each)}.`);
  }
  return (sample) => index[sample]!;
}
