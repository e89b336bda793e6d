import { philox } from "@tapegrad/tensor/internal";

/** What random words are for. Different purposes never share words, even with the same seed. */
export type Purpose =
  | "shuffle"
  | "split"
  | "weighted"
  | "buffer"
  | "crop"
  | "horizontalFlip"
  | "verticalFlip"
  | "replacement";

const purposeNumber: { readonly [P in Purpose]: number } = {
  shuffle: 1,
  split: 2,
  weighted: 3,
  buffer: 4,
  crop: 5,
  horizontalFlip: 6,
  verticalFlip: 7,
  replacement: 8,
};

/**
 * `count` random 32-bit words as a function of seed, purpose and epoch, whatever was drawn before.
 *
 * Philox4x32-10 with the seed as key; the upper half of its counter holds purpose and epoch.
 *
 * @param start how many words to leave out, a multiple of 4
 */
export function randomWords(count: number, seed: number, purpose: Purpose, epoch: number, start = 0): Uint32Array {
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0] as const;
  const stream = purposeNumber[purpose] * 2 ** 32 + (epoch >>> 0);
  const words = new Uint32Array(Math.ceil(count / 4) * 4);
  for (let at = 0; at < words.length; at += 4) philox(key, (start + at) / 4, words.subarray(at, at + 4), stream);
  return words.subarray(0, count);
}
