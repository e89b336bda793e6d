import type { ValueRange } from "@tapegrad/tensor/internal";
import { wholeIndices } from "../expect-indices.ts";
import { isTypedArray } from "../is-typed-array.ts";

/**
 * An order in which to read a data set.
 *
 * The order depends only on the epoch, so a loader can return to any point of any epoch without replaying what came
 * before. A sampler whose order depends on more, such as a seed, has `stateDict` and `loadStateDict` too: a loader then
 * saves and loads that with its own state.
 *
 * @example
 * const backwards: Sampler = { length: 3, indices: () => Int32Array.of(2, 1, 0) };
 */
export interface Sampler {
  /** How many indices an epoch has. */
  readonly length: number;
  /** The indices of epoch `epoch` = 0, 1, 2, ...; the same for every call with the same epoch. */
  indices(epoch: number): Int32Array;
  /** What the order depends on besides the epoch, as plain JSON values. */
  stateDict?(): object;
  /** Takes over what `stateDict` returned. All is checked before anything changes. */
  loadStateDict?(state: never): unknown;
}

/** Whatever has a length and indices, and a list of indices, which are read in this order in each epoch. */
export const samplerRange: ValueRange<Sampler | ArrayLike<number>> = {
  text: "to be a Sampler or a list of indices",
  has: (value): value is Sampler | ArrayLike<number> =>
    Array.isArray(value) ||
    isTypedArray(value) ||
    (typeof value === "object" &&
      value !== null &&
      "length" in value &&
      typeof (value as Partial<Sampler>).indices === "function"),
};

/**
 * A list of indices as a sampler.
 *
 * @throws {ValueError} if an index is no whole number ≥ 0
 */
export function samplerOf(fn: string, given: Sampler | ArrayLike<number>): Sampler {
  if ("indices" in given) return given;
  const indices = wholeIndices(fn, given);
  return { length: indices.length, indices: () => indices.slice() };
}
