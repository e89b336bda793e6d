import { expectValue, ranges } from "@tapegrad/tensor/internal";
import type { Sampler } from "./sampler.ts";

/**
 * Every index in order, the same in each epoch.
 *
 * @param length how many samples the data set has
 * @throws {ValueError} if `length` is no whole number ≥ 0
 * @example
 * new SequentialSampler(3).indices(); // => [0, 1, 2]
 */
export class SequentialSampler implements Sampler {
  readonly length: number;

  constructor(length: number) {
    expectValue("SequentialSampler", "length", length, ranges.whole(0));
    this.length = length;
  }

  indices(): Int32Array {
    return Int32Array.from({ length: this.length }, (_, index) => index);
  }
}
