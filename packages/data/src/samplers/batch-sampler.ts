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
import { samplerState } from "./sampler-state.ts";
import { type Sampler, samplerOf, samplerRange } from "./sampler.ts";

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
  /** That of the sampler whose order is cut; null for one without `stateDict` and `loadStateDict`. */
  readonly sampler: object | null;
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
 * @param sampler a sampler, or a list of indices
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

  constructor(sampler: Sampler | ArrayLike<number>, options: BatchSamplerOptions) {
    const { batchSize, dropLast } = settleOptions("BatchSampler", options, table);
    expectValue("BatchSampler", "sampler", sampler, samplerRange);
    if (dropLast) expectFullBatch("BatchSampler", sampler.length, batchSize);
    this.sampler = samplerOf("BatchSampler", sampler);
    this.batchSize = batchSize;
    this.dropLast = dropLast;
  }

  /** How many batches an epoch has. */
  get length(): number {
    return batchCount(this.sampler.length, this.batchSize, this.dropLast);
  }

  /** The batches of epoch `epoch`, as lists of indices. */
  batches(epoch: number, ...none: []): Int32Array[] {
    expectNothing("BatchSampler.batches", none);
    expectValue("BatchSampler.batches", "epoch", epoch, ranges.whole(0));
    const order = this.sampler.indices(epoch);
    const { batchSize } = this;
    return Array.from({ length: batchCount(order.length, batchSize, this.dropLast) }, (_, batch) =>
      order.subarray(batch * batchSize, (batch + 1) * batchSize),
    );
  }

  /** Batch size and the state of the sampler, if it has one: the orders of others follow from the epoch alone. */
  stateDict(): BatchSamplerState {
    const { batchSize, dropLast } = this;
    return { type: "BatchSampler", batchSize, dropLast, sampler: samplerState(this.sampler) };
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
    const { sampler, ...own } = this.stateDict();
    const all = { ...own, sampler };
    checkSamplerState(state, sampler === null ? all : own);
    if (sampler === null) return;
    expectValue("BatchSampler.loadStateDict", "sampler", state.sampler, ranges.record);
    this.sampler.loadStateDict?.(state.sampler as never);
  }
}

/** How many batches are cut of `indices`. */
export function batchCount(indices: number, batchSize: number, dropLast: boolean): number {
  return dropLast ? Math.floor(indices / batchSize) : Math.ceil(indices / batchSize);
}
