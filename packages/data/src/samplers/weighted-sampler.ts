import { ValueError } from "@tapegrad/tensor";
import { expectValue, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { freshSeed, seedOption } from "./fresh-seed.ts";
import { randomWords } from "./random-words.ts";
import type { Sampler } from "./sampler.ts";

/** Options of {@link WeightedSampler}. */
export interface WeightedSamplerOptions {
  /** How many indices an epoch draws; as many as there are weights if absent. */
  readonly samples?: number | undefined;
  /** The same seed gives the same draws. Drawn from the default generator if absent. */
  readonly seed?: number | undefined;
}

const table: OptionTable<WeightedSamplerOptions> = { samples: optional(ranges.count), seed: seedOption };

/**
 * Draws indices with replacement, index `i` with probability `weights[i] / Σ weights`.
 *
 * Weights of `1 / count of the sample's class` balance the classes.
 *
 * @param weights one non-negative, finite weight for each sample, not all zero
 * @throws {ValueError} if a weight is negative or not finite, or all are zero
 * @example
 * new WeightedSampler([0, 1, 0], { seed: 0 }).indices(0); // => [1, 1, 1]
 */
export class WeightedSampler implements Sampler {
  readonly length: number;
  readonly seed: number;
  readonly #cumulative: Float64Array;

  constructor(weights: ArrayLike<number>, options: WeightedSamplerOptions = {}) {
    const { samples, seed } = settleOptions("WeightedSampler", options, table);
    let total = 0;
    this.#cumulative = Float64Array.from(weights, (weight, index) => {
      if (!(weight >= 0 && Number.isFinite(weight))) {
        throw new ValueError(`WeightedSampler: expected weights ≥ 0, got ${weight} at index ${index}.`);
      }
      total += weight;
      return total;
    });
    if (!(total > 0)) throw new ValueError("WeightedSampler: expected a weight above 0, got none.");
    this.length = samples ?? weights.length;
    this.seed = seed ?? freshSeed();
  }

  indices(epoch: number): Int32Array {
    expectValue("WeightedSampler.indices", "epoch", epoch, ranges.whole(0));
    const total = this.#cumulative.at(-1) ?? 0;
    const words = randomWords(this.length, this.seed, "weighted", epoch);
    return Int32Array.from(words, (word) => this.#find((word / 2 ** 32) * total));
  }

  /** The first index whose cumulative weight is above `target`, by bisection. */
  #find(target: number): number {
    let low = 0;
    let high = this.#cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#cumulative[middle] ?? 0) > target) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
