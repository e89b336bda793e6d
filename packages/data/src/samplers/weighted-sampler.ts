import { type Stateful, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectValue,
  option,
  optional,
  type OptionTable,
  quoted,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkSamplerState } from "./check-sampler-state.ts";
import { freshSeed, seedOption } from "./fresh-seed.ts";
import { randomWords } from "./random-words.ts";
import type { Sampler } from "./sampler.ts";

/** Options of {@link WeightedSampler}. */
export interface WeightedSamplerOptions {
  /** How many indices an epoch draws; as many as there are weights if absent. */
  readonly numSamples?: number | undefined;
  /** Whether an index can be drawn again; true if absent. Without, each draw is one of the indices that are left. */
  readonly replacement?: boolean;
  /** The same seed gives the same draws. Drawn from the default generator if absent. */
  readonly seed?: number | undefined;
}

/** What the `stateDict` of a {@link WeightedSampler} returns. */
export interface WeightedSamplerState {
  /** Which sampler the state is of. */
  readonly type: "WeightedSampler";
  /** How many indices an epoch has. */
  readonly length: number;
  /** Whether an index can be drawn again. */
  readonly replacement: boolean;
  /** How many weights there are, and their sum: the weights themselves are given anew, as the data set is. */
  readonly weights: number;
  /** Sum of the weights, by which others are noticed. */
  readonly total: number;
  /** Seed of the draws. */
  readonly seed: number;
}

const table: OptionTable<WeightedSamplerOptions> = {
  numSamples: optional(ranges.count),
  replacement: option(ranges.flag, true),
  seed: seedOption,
};

/**
 * Draws indices, index `i` with probability `weights[i] / Σ weights`; without replacement the sum is over those that are left.
 *
 * Weights of `1 / count of the sample's class` balance the classes.
 *
 * @param weights one non-negative, finite weight for each sample, not all zero
 * @throws {ValueError} if a weight is negative or not finite, all are zero or, without replacement, fewer are above 0 than are
 *   drawn
 * @see Efraimidis and Spirakis 2006, https://doi.org/10.1016/j.ipl.2005.11.003 (draws without replacement)
 * @example
 * new WeightedSampler([0, 1, 0], { seed: 0 }).indices(0); // => [1, 1, 1]
 */
export class WeightedSampler implements Sampler, Stateful<WeightedSamplerState> {
  static readonly name: string = "WeightedSampler";
  readonly length: number;
  /** Whether an index can be drawn again. */
  readonly replacement: boolean;
  #seed: number;
  readonly #weights: Float64Array;
  readonly #cumulative: Float64Array;

  constructor(weights: ArrayLike<number>, options: WeightedSamplerOptions = {}) {
    const { numSamples, replacement, seed } = settleOptions("WeightedSampler", options, table);
    if (!Array.isArray(weights) && !ArrayBuffer.isView(weights)) {
      throw new ValueError(`WeightedSampler: expected a list of weights, got ${quoted(weights)}.`);
    }
    let total = 0;
    this.#weights = Float64Array.from(weights);
    this.#cumulative = Float64Array.from(weights, (weight, index) => {
      if (!(weight >= 0 && Number.isFinite(weight))) {
        throw new ValueError(`WeightedSampler: expected weights ≥ 0, got ${quoted(weight)} at index ${index}.`);
      }
      total += weight;
      return total;
    });
    if (!(total > 0)) throw new ValueError("WeightedSampler: expected a weight above 0, got none.");
    this.length = numSamples ?? weights.length;
    const above = this.#weights.filter((weight) => weight > 0).length;
    if (!replacement && above < this.length) {
      throw new ValueError(
        `WeightedSampler: expected at least ${this.length} weights above 0 to draw as many without replacement, got ${above}.`,
      );
    }
    this.replacement = replacement;
    this.#seed = seed ?? freshSeed();
  }

  /** What the draws follow from. */
  get seed(): number {
    return this.#seed;
  }

  indices(epoch: number, ...none: []): Int32Array {
    expectNothing("WeightedSampler.indices", none);
    expectValue("WeightedSampler.indices", "epoch", epoch, ranges.whole(0));
    if (!this.replacement) return this.#race(epoch);
    const total = this.#total;
    const words = randomWords(this.length, this.#seed, "weighted", epoch);
    return Int32Array.from(words, (word) => this.#find((word / 2 ** 32) * total));
  }

  get #total(): number {
    return this.#cumulative.at(-1) ?? 0;
  }

  /** Seed, length and what tells other weights. */
  stateDict(): WeightedSamplerState {
    const { length, replacement } = this;
    const weights = this.#weights.length;
    return { type: "WeightedSampler", length, replacement, weights, total: this.#total, seed: this.#seed };
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): WeightedSamplerState {
    return this.stateDict();
  }

  /**
   * Takes over the seed of another sampler.
   *
   * @throws {ValueError} if the state is malformed, of another length, other options or other weights; nothing has changed then
   */
  loadStateDict(state: WeightedSamplerState, ...none: []): void {
    expectNothing("WeightedSampler.loadStateDict", none);
    const { seed: _, ...own } = this.stateDict();
    checkSamplerState(state, own);
    expectValue("WeightedSampler.loadStateDict", "seed", state.seed, ranges.whole(0));
    this.#seed = state.seed;
  }

  /** Each index waits an exponential time of rate `weight`: the first to arrive are draws without replacement. */
  #race(epoch: number): Int32Array {
    const words = randomWords(this.#weights.length, this.#seed, "weighted", epoch);
    const times = this.#weights.map((weight, index) => -Math.log((words[index]! + 0.5) / 2 ** 32) / weight);
    const order = Int32Array.from(times, (_, index) => index);
    return order
      .sort((a, b) => (times[a]! < times[b]! ? -1 : times[a]! > times[b]! ? 1 : a - b))
      .subarray(0, this.length);
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
