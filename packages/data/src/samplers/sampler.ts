import type { ValueRange } from "@tapegrad/tensor/internal";

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

/** Whatever has a length and indices. */
export const samplerRange: ValueRange<Sampler> = {
  text: "to be a Sampler",
  has: (value): value is Sampler =>
    typeof value === "object" &&
    value !== null &&
    "length" in value &&
    typeof (value as Partial<Sampler>).indices === "function",
};
