import type { ValueRange } from "@tapegrad/tensor/internal";

/**
 * An order in which to read a data set.
 *
 * The order depends only on the epoch, so a loader can return to any point of any epoch without replaying what came
 * before.
 *
 * @example
 * const backwards: Sampler = { length: 3, indices: () => Int32Array.of(2, 1, 0) };
 */
export interface Sampler {
  /** How many indices an epoch has. */
  readonly length: number;
  /** The indices of epoch `epoch` = 0, 1, 2, ...; the same for every call with the same epoch. */
  indices(epoch: number): Int32Array;
}

/** Whatever has a length and indices. */
export const samplerRange: ValueRange<Sampler> = {
  text: "to be a Sampler",
  has: (value): value is Sampler =>
    typeof value === "object" && value !== null && "length" in value && "indices" in value,
};
