import type { Stateful } from "@tapegrad/tensor";
import { expectNothing, expectValue, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkSamplerState } from "./check-sampler-state.ts";
import { freshSeed, seedOption } from "./fresh-seed.ts";
import { permutation } from "./permutation.ts";
import type { Sampler } from "./sampler.ts";

/** Options of {@link RandomSampler}. */
export interface RandomSamplerOptions {
  /** The same seed gives the same orders. Drawn from the default generator if absent. */
  readonly seed?: number | undefined;
}

/** What the `stateDict` of a {@link RandomSampler} returns. */
export interface RandomSamplerState {
  /** Which sampler the state is of. */
  readonly type: "RandomSampler";
  /** How many samples there are to draw from. */
  readonly length: number;
  /** Seed of the orders. */
  readonly seed: number;
}

const table: OptionTable<RandomSamplerOptions> = { seed: seedOption };

/**
 * Every index once, in a new random order each epoch. The order is a function of seed and epoch.
 *
 * @param length how many samples the data set has
 * @throws {ValueError} if `length` or the seed is no whole number ≥ 0
 * @example
 * const sampler = new RandomSampler(5, { seed: 7 });
 * sampler.indices(3).join() === sampler.indices(3).join(); // => true
 */
export class RandomSampler implements Sampler, Stateful<RandomSamplerState> {
  static readonly name: string = "RandomSampler";
  readonly length: number;
  #seed: number;

  constructor(length: number, options: RandomSamplerOptions = {}) {
    const { seed = freshSeed() } = settleOptions("RandomSampler", options, table);
    expectValue("RandomSampler", "length", length, ranges.whole(0));
    this.length = length;
    this.#seed = seed;
  }

  /** What the orders follow from. */
  get seed(): number {
    return this.#seed;
  }

  indices(epoch: number, ...none: []): Int32Array {
    expectNothing("RandomSampler.indices", none);
    expectValue("RandomSampler.indices", "epoch", epoch, ranges.whole(0));
    return permutation(this.length, this.#seed, "shuffle", epoch);
  }

  /** Length and seed, from which every order follows. */
  stateDict(): RandomSamplerState {
    return { type: "RandomSampler", length: this.length, seed: this.#seed };
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): RandomSamplerState {
    return this.stateDict();
  }

  /**
   * Takes over the seed of another sampler.
   *
   * @throws {ValueError} if the state is malformed or of another length; nothing has changed then
   */
  loadStateDict(state: RandomSamplerState, ...none: []): void {
    expectNothing("RandomSampler.loadStateDict", none);
    const { seed: _, ...own } = this.stateDict();
    checkSamplerState(state, own);
    expectValue("RandomSampler.loadStateDict", "seed", state.seed, ranges.whole(0));
    this.#seed = state.seed;
  }
}
