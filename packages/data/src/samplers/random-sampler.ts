import { checkOptions } from "@tapegrad/tensor/internal";
import { checkCount } from "../check-count.ts";
import { freshSeed } from "./fresh-seed.ts";
import { permutation } from "./permutation.ts";
import type { Sampler } from "./sampler.ts";

/** Options of {@link RandomSampler}. */
export interface RandomSamplerOptions {
  /** The same seed gives the same orders. Drawn from the default generator if absent. */
  readonly seed?: number;
}

/**
 * Every index once, in a new random order each epoch. The order is a function of seed and epoch.
 *
 * @param length how many samples the data set has
 * @throws {ValueError} if `length` or the seed is not a non-negative integer
 * @example
 * const sampler = new RandomSampler(5, { seed: 7 });
 * sampler.indices(3).join() === sampler.indices(3).join(); // => true
 */
export class RandomSampler implements Sampler {
  readonly length: number;
  readonly seed: number;

  constructor(length: number, options: RandomSamplerOptions = {}) {
    checkOptions("RandomSampler", options, ["seed"]);
    checkCount("RandomSampler", "length", length, 0);
    if (options.seed !== undefined) checkCount("RandomSampler", "seed", options.seed, 0);
    this.length = length;
    this.seed = options.seed ?? freshSeed();
  }

  indices(epoch: number): Int32Array {
    checkCount("RandomSampler.indices", "epoch", epoch, 0);
    return permutation(this.length, this.seed, "shuffle", epoch);
  }
}
