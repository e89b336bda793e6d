import { type Purpose, randomWords } from "./random-words.ts";

/**
 * The numbers 0 to `length` − 1 in a random order (Fisher–Yates) that depends only on the arguments.
 *
 * @param round which of several orders of the same epoch; no two of them share words
 */
export function permutation(length: number, seed: number, purpose: Purpose, epoch: number, round = 0): Int32Array {
  const order = Int32Array.from({ length }, (_, index) => index);
  const words = randomWords(length, seed, purpose, epoch, round * Math.ceil(length / 4) * 4);
  for (let last = length - 1; last > 0; last--) {
    const chosen = Math.floor((words[last]! / 2 ** 32) * (last + 1));
    const swapped = order[chosen]!;
    order[chosen] = order[last]!;
    order[last] = swapped;
  }
  return order;
}
