import { type Stateful, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectValue,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkSamplerState } from "./check-sampler-state.ts";
import { freshSeed, seedOption } from "./fresh-seed.ts";
import { permutation } from "./permutation.ts";
import { randomWords } from "./random-words.ts";
import { countReader, type SampleCount } from "./sample-count.ts";
import type { Sampler } from "./sampler.ts";

/** Options of {@link RandomSampler}. */
export interface RandomSamplerOptions {
  /** Whether each index is drawn from all of them, so that some come twice and others not at all; false if absent. */
  readonly replacement?: boolean;
  /**
   * How many indices an epoch has; as many as there are samples if absent. Without replacement, more than that are
   * several orders one after the other.
   */
  readonly numSamples?: number | undefined;
  /** The same seed gives the same orders. Drawn from the default generator if absent. */
  readonly seed?: number | undefined;
}

/** What the `stateDict` of a {@link RandomSampler} returns. */
export interface RandomSamplerState {
  /** Which sampler the state is of. */
  readonly type: "RandomSampler";
  /** How many samples there are to draw from. */
  readonly length: number;
  /** Whether indices are drawn with replacement. */
  readonly replacement: boolean;
  /** How many indices an epoch has; null for as many as there are samples. */
  readonly numSamples: number | null;
  /** Seed of the orders. */
  readonly seed: number;
}

const table: OptionTable<RandomSamplerOptions> = {
  replacement: option(ranges.flag, false),
  numSamples: optional(ranges.count),
  seed: seedOption,
};

/**
 * Every index once, in a new random order each epoch, or as many draws as are asked for. The order is a function of seed and
 * epoch.
 *
 * @param length how many samples the data set has, or the data set itself, whose length is asked at each epoch
 * @throws {ValueError} if `length` or the seed is no whole number ≥ 0, or there is nothing to draw `numSamples` from
 * @example
 * const sampler = new RandomSampler(5, { seed: 7 });
 * sampler.indices(3).join() === sampler.indices(3).join(); // => true
 * new RandomSampler(5, { replacement: true, numSamples: 12 }).indices(0).length; // => 12
 */
export class RandomSampler implements Sampler, Stateful<RandomSamplerState> {
  static readonly name: string = "RandomSampler";
  /** Whether indices are drawn with replacement. */
  readonly replacement: boolean;
  readonly #samples: () => number;
  readonly #numSamples: number | undefined;
  #seed: number;

  constructor(length: SampleCount, options: RandomSamplerOptions = {}) {
    const { replacement, numSamples, seed = freshSeed() } = settleOptions("RandomSampler", options, table);
    this.#samples = countReader("RandomSampler", length);
    this.#numSamples = numSamples;
    this.replacement = replacement;
    this.#seed = seed;
    this.#expectSamples();
  }

  get length(): number {
    return this.#numSamples ?? this.#samples();
  }

  /** What the orders follow from. */
  get seed(): number {
    return this.#seed;
  }

  indices(epoch: number, ...none: []): Int32Array {
    expectNothing("RandomSampler.indices", none);
    expectValue("RandomSampler.indices", "epoch", epoch, ranges.whole(0));
    const samples = this.#expectSamples();
    const { length } = this;
    if (this.replacement) {
      const words = randomWords(length, this.#seed, "replacement", epoch);
      return Int32Array.from(words, (word) => Math.floor((word / 2 ** 32) * samples));
    }
    const order = new Int32Array(length);
    for (let at = 0; at < length; at += samples) {
      order.set(permutation(samples, this.#seed, "shuffle", epoch, at / samples).subarray(0, length - at), at);
    }
    return order;
  }

  /** Length, options and seed, from which every order follows. */
  stateDict(): RandomSamplerState {
    const { replacement } = this;
    const numSamples = this.#numSamples ?? null;
    return { type: "RandomSampler", length: this.#samples(), replacement, numSamples, seed: this.#seed };
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): RandomSamplerState {
    return this.stateDict();
  }

  /**
   * Takes over the seed of another sampler.
   *
   * @throws {ValueError} if the state is malformed, of another length or of other options; nothing has changed then
   */
  loadStateDict(state: RandomSamplerState, ...none: []): void {
    expectNothing("RandomSampler.loadStateDict", none);
    const { seed: _, ...own } = this.stateDict();
    checkSamplerState(state, own);
    expectValue("RandomSampler.loadStateDict", "seed", state.seed, ranges.whole(0));
    this.#seed = state.seed;
  }

  /** How many samples there are to draw from. */
  #expectSamples(): number {
    const samples = this.#samples();
    if (samples > 0 || this.length === 0) return samples;
    throw new ValueError(`RandomSampler: expected at least one sample to draw ${this.length} from, got none.`);
  }
}
