import { philox } from "@tapegrad/tensor/internal";

/** What random words are for. Different purposes never share words, even with the same seed. */
export type Purpose = "shuffle" | "split" | "weighted";

const purposeNumber: { readonly [P in Purpose]: number } = { shuffle: 1, split: 2, weighted: 3 };

/**
 * `count` random 32-bit words as a function of seed, purpose and epoch, whatever was drawn before.
 *
 * Philox4x32-10 with the seed as key; the upper half of its counter holds purpose and epoch.
 */
export function randomWords(count: number, seed: number, purpose: Purpose, epoch: number): Uint32Array {
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0] as const;
  const stream = purposeNumber[purpose] * 2 ** 32 + (epoch >>> 0);
  const words = new Uint32Array(Math.ceil(count / 4) * 4);
  for (let block = 0; block * 4 < words.length; block++) {
    philox(key, block, words.subarray(block * 4, block * 4 + 4), stream);
  }
  return words.subarray(0, count);
}
