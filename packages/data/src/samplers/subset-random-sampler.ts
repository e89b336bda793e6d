import type { Stateful } from "@tapegrad/tensor";
import { expectNothing, expectValue, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { wholeIndices } from "../expect-indices.ts";
import { checkSamplerState } from "./check-sampler-state.ts";
import { freshSeed, seedOption } from "./fresh-seed.ts";
import { permutation } from "./permutation.ts";
import type { Sampler } from "./sampler.ts";

/** Options of {@link SubsetRandomSampler}. */
export interface SubsetRandomSamplerOptions {
  /** The same seed gives the same orders. Drawn from the default generator if absent. */
  readonly seed?: number | undefined;
}

/** What the `stateDict` of a {@link SubsetRandomSampler} returns. */
export interface SubsetRandomSamplerState {
  /** Which sampler the state is of. */
  readonly type: "SubsetRandomSampler";
  /** How many indices there are: the indices themselves are given anew, as the data set is. */
  readonly length: number;
  /** Sum of the indices, by which others are noticed. */
  readonly total: number;
  /** Seed of the orders. */
  readonly seed: number;
}

const table: OptionTable<SubsetRandomSamplerOptions> = { seed: seedOption };

/**
 * Chosen indices, each once, in a new random order each epoch. The order is a function of seed and epoch.
 *
 * A `Subset` of them with `shuffle` reads the same samples; this leaves the data set as it is.
 *
 * @param indices which samples to read; repeats are allowed
 * @throws {ValueError} if an index or the seed is no whole number ≥ 0
 * @example
 * const sampler = new SubsetRandomSampler([4, 9, 7], { seed: 0 });
 * [...sampler.indices(0)].sort(); // => [4, 7, 9]
 */
export class SubsetRandomSampler implements Sampler, Stateful<SubsetRandomSamplerState> {
  static readonly name: string = "SubsetRandomSampler";
  readonly length: number;
  readonly #indices: Int32Array;
  #seed: number;

  constructor(indices: ArrayLike<number>, options: SubsetRandomSamplerOptions = {}) {
    const { seed = freshSeed() } = settleOptions("SubsetRandomSampler", options, table);
    this.#indices = wholeIndices("SubsetRandomSampler", indices);
    this.length = indices.length;
    this.#seed = seed;
  }

  /** What the orders follow from. */
  get seed(): number {
    return this.#seed;
  }

  indices(epoch: number, ...none: []): Int32Array {
    expectNothing("SubsetRandomSampler.indices", none);
    expectValue("SubsetRandomSampler.indices", "epoch", epoch, ranges.whole(0));
    return permutation(this.length, this.#seed, "shuffle", epoch).map((position) => this.#indices[position]!);
  }

  /** Seed, length and what tells other indices. */
  stateDict(): SubsetRandomSamplerState {
    const total = this.#indices.reduce((sum, index) => sum + index, 0);
    return { type: "SubsetRandomSampler", length: this.length, total, seed: this.#seed };
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): SubsetRandomSamplerState {
    return this.stateDict();
  }

  /**
   * Takes over the seed of another sampler.
   *
   * @throws {ValueError} if the state is malformed or of other indices; nothing has changed then
   */
  loadStateDict(state: SubsetRandomSamplerState, ...none: []): void {
    expectNothing("SubsetRandomSampler.loadStateDict", none);
    const { seed: _, ...own } = this.stateDict();
    checkSamplerState(state, own);
    expectValue("SubsetRandomSampler.loadStateDict", "seed", state.seed, ranges.whole(0));
    this.#seed = state.seed;
  }
}
