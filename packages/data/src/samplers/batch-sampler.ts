import { type Stateful, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectValue,
  option,
  type OptionTable,
  ranges,
  required,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkSamplerState } from "./check-sampler-state.ts";
import { type Sampler, samplerRange } from "./sampler.ts";

/** Options of {@link BatchSampler}. */
export interface BatchSamplerOptions {
  /** How many indices a batch has. */
  readonly batchSize: number;
  /** Whether to leave out a last batch that is smaller than the others. */
  readonly dropLast?: boolean;
}

/** What the `stateDict` of a {@link BatchSampler} returns. */
export interface BatchSamplerState {
  /** Which sampler the state is of. */
  readonly type: "BatchSampler";
  /** Indices in a batch. */
  readonly batchSize: number;
  /** Whether a last batch of fewer indices is left out. */
  readonly dropLast: boolean;
  /** That of the sampler whose order is cut. */
  readonly sampler: object;
}

const table: OptionTable<BatchSamplerOptions> = {
  batchSize: required(ranges.count),
  dropLast: option(ranges.flag, false),
};

/** Throws if `samples` do not fill a batch. */
export function expectFullBatch(fn: string, samples: number, batchSize: number): void {
  if (samples >= batchSize) return;
  throw new ValueError(`${fn}: expected a batchSize of at most ${samples} with dropLast, got ${batchSize}.`);
}

/**
 * Cuts the order of a sampler into batches.
 *
 * @param sampler at least one index
 * @throws {ValueError} if the batch size is no whole number ≥ 1, or no batch would be left
 * @example
 * new BatchSampler(new SequentialSampler(5), { batchSize: 2 }).batches(0).map((batch) => batch.length); // => [2, 2, 1]
 */
export class BatchSampler implements Stateful<BatchSamplerState> {
  static readonly name: string = "BatchSampler";
  /** What the indices come from. */
  readonly sampler: Sampler;
  /** Indices in a batch; the last one may have fewer. */
  readonly batchSize: number;
  /** Whether a last batch of fewer indices is left out. */
  readonly dropLast: boolean;
  /** How many batches an epoch has. */
  readonly length: number;

  constructor(sampler: Sampler, options: BatchSamplerOptions) {
    const { batchSize, dropLast } = settleOptions("BatchSampler", options, table);
    expectValue("BatchSampler", "sampler", sampler, samplerRange);
    if (dropLast) expectFullBatch("BatchSampler", sampler.length, batchSize);
    this.sampler = sampler;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
    this.length = dropLast ? Math.floor(sampler.length / batchSize) : Math.ceil(sampler.length / batchSize);
  }

  /** The batches of epoch `epoch`, as lists of indices. */
  batches(epoch: number, ...none: []): Int32Array[] {
    expectNothing("BatchSampler.batches", none);
    expectValue("BatchSampler.batches", "epoch", epoch, ranges.whole(0));
    const order = this.sampler.indices(epoch);
    const { batchSize } = this;
    return Array.from({ length: this.length }, (_, batch) =>
      order.subarray(batch * batchSize, (batch + 1) * batchSize),
    );
  }

  /**
   * Batch size and the state of the sampler.
   *
   * @throws {ValueError} for a sampler without `stateDict` and `loadStateDict`
   */
  stateDict(): BatchSamplerState {
    const { batchSize, dropLast } = this;
    const state = this.sampler.stateDict?.();
    if (state === undefined || this.sampler.loadStateDict === undefined) {
      throw new ValueError(
        "BatchSampler.stateDict: expected a sampler with stateDict and loadStateDict, got one without.",
      );
    }
    return { type: "BatchSampler", batchSize, dropLast, sampler: state };
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): BatchSamplerState {
    return this.stateDict();
  }

  /**
   * Gives the sampler the state of another.
   *
   * @throws {ValueError} if the state is malformed, of other options or of another sampler; nothing has changed then
   */
  loadStateDict(state: BatchSamplerState, ...none: []): void {
    expectNothing("BatchSampler.loadStateDict", none);
    const { sampler: _, ...own } = this.stateDict();
    checkSamplerState(state, own);
    expectValue("BatchSampler.loadStateDict", "sampler", state.sampler, ranges.record);
    this.sampler.loadStateDict?.(state.sampler as never);
  }
}
