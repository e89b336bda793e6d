import type { Stateful } from "@tapegrad/tensor";
import { expectNothing } from "@tapegrad/tensor/internal";
import { checkSamplerState } from "./check-sampler-state.ts";
import { countReader, type SampleCount } from "./sample-count.ts";
import type { Sampler } from "./sampler.ts";

/** What the `stateDict` of a {@link SequentialSampler} returns. */
export interface SequentialSamplerState {
  /** Which sampler the state is of. */
  readonly type: "SequentialSampler";
  /** How many samples there are. */
  readonly length: number;
}

/**
 * Every index in order, the same in each epoch.
 *
 * @param length how many samples the data set has, or the data set itself, whose length is asked at each epoch
 * @throws {ValueError} if `length` is no whole number ≥ 0
 * @example
 * new SequentialSampler(3).indices(); // => [0, 1, 2]
 */
export class SequentialSampler implements Sampler, Stateful<SequentialSamplerState> {
  static readonly name: string = "SequentialSampler";
  readonly #samples: () => number;

  constructor(length: SampleCount, ...none: []) {
    expectNothing("SequentialSampler", none);
    this.#samples = countReader("SequentialSampler", length);
  }

  get length(): number {
    return this.#samples();
  }

  indices(): Int32Array {
    return Int32Array.from({ length: this.length }, (_, index) => index);
  }

  /** How long it is: the order depends on nothing else. */
  stateDict(): SequentialSamplerState {
    return { type: "SequentialSampler", length: this.length };
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): SequentialSamplerState {
    return this.stateDict();
  }

  /**
   * Checks that `state` is of a sampler like this one.
   *
   * @throws {ValueError} if it is not
   */
  loadStateDict(state: SequentialSamplerState, ...none: []): void {
    expectNothing("SequentialSampler.loadStateDict", none);
    checkSamplerState(state, this.stateDict());
  }
}
