import { type Stateful, ValueError } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges, required, settleOptions } from "@tapegrad/tensor/internal";
import type { Collated, Dataset } from "./dataset.ts";
import { gatherSamples } from "./gather-samples.ts";
import { checkLoaderState, type DataLoaderState } from "./loader-state.ts";
import { BatchSampler, expectFullBatch } from "./samplers/batch-sampler.ts";
import { freshSeed, seedOption } from "./samplers/fresh-seed.ts";
import { RandomSampler } from "./samplers/random-sampler.ts";
import { type Sampler, samplerRange } from "./samplers/sampler.ts";
import { SequentialSampler } from "./samplers/sequential-sampler.ts";

/** Options of {@link DataLoader}. */
export interface DataLoaderOptions<Sample, Batch> {
  /** How many samples a batch has. */
  readonly batchSize: number;
  /** Whether each epoch has a new random order; false if absent. */
  readonly shuffle?: boolean;
  /** The same seed gives the same orders. Drawn from the default generator if absent. */
  readonly seed?: number | undefined;
  /** The order to read in, instead of `shuffle`. */
  readonly sampler?: Sampler | undefined;
  /** Whether to leave out a last batch that is smaller than the others; false if absent. */
  readonly dropLast?: boolean;
  /** Makes a batch of a list of samples; if absent, tensors are stacked and tuples stay tuples. */
  readonly collate?: ((samples: readonly Sample[]) => Batch) | undefined;
}

const table: OptionTable<DataLoaderOptions<never, unknown>> = {
  batchSize: required(ranges.count),
  shuffle: option(ranges.flag, false),
  seed: seedOption,
  sampler: optional(samplerRange),
  dropLast: option(ranges.flag, false),
  collate: optional(ranges.callable()),
};

/**
 * Reads a data set in batches; every `for` loop over the loader is one epoch.
 *
 * The order is a function of seed and epoch alone. `stateDict` can be taken at any time, in the middle of an epoch
 * too: a loader that loads it goes on with the batch that would have come next. A loop that was left early is not gone
 * on with: the next one starts the next epoch.
 *
 * @param dataset at least one sample
 * @throws {ValueError} if the data set is empty or an option is unknown or not allowed
 * @example
 * const loader = new DataLoader(new TensorDataset(arange(5), arange(5)), { batchSize: 2, shuffle: true, seed: 0 });
 * loader.length; // => 3
 * for (const [x, y] of loader) console.log(x.shape, y.shape);
 */
export class DataLoader<Sample, Batch = Collated<Sample>> implements Iterable<Batch>, Stateful<DataLoaderState> {
  readonly dataset: Dataset<Sample>;
  readonly batchSize: number;
  readonly dropLast: boolean;
  /** How many batches an epoch has. */
  readonly length: number;

  readonly #collate: ((samples: readonly Sample[]) => Batch) | undefined;
  readonly #ownsSampler: boolean;
  #seed: number | undefined;
  #batches: BatchSampler;
  #epoch = 0;
  #position = 0;
  #resuming = false;
  #current: object | undefined;

  constructor(dataset: Dataset<Sample>, options: DataLoaderOptions<Sample, Batch>) {
    const settled = settleOptions<DataLoaderOptions<never, unknown>>("DataLoader", options, table);
    const { batchSize, shuffle, seed, sampler, dropLast } = settled;
    if (sampler !== undefined && shuffle) {
      throw new ValueError("DataLoader: expected either shuffle or a sampler, got both.");
    }
    if (!(dataset.length > 0)) {
      throw new ValueError("DataLoader: expected a data set with at least one sample, got an empty one.");
    }
    if (sampler !== undefined && !(sampler.length > 0)) {
      throw new ValueError("DataLoader: expected a sampler with at least one index, got an empty one.");
    }
    if (dropLast) expectFullBatch("DataLoader", sampler?.length ?? dataset.length, batchSize);
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.dropLast = dropLast;
    this.#collate = options.collate;
    this.#ownsSampler = sampler === undefined;
    this.#seed = shuffle ? (seed ?? freshSeed()) : undefined;
    this.#batches = this.#cut(sampler ?? this.#ownSampler());
    this.length = this.#batches.length;
  }

  /** The epoch that runs or, between two loops, the one that comes next; from 0. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Starts an epoch, or goes on with the one of a loaded state. */
  *[Symbol.iterator](): Generator<Batch, void, undefined> {
    if (this.#position > 0 && !this.#resuming) {
      this.#epoch++;
      this.#position = 0;
    }
    this.#resuming = false;
    const token = {};
    this.#current = token;
    const batches = this.#batches.batches(this.#epoch);
    for (let position = this.#position; position < batches.length; position++) {
      // Of two loops at a time, the one that started last is the one that the state is about.
      if (this.#current === token) this.#position = position + 1;
      yield this.#read(batches[position]!);
    }
    if (this.#current !== token) return;
    this.#epoch++;
    this.#position = 0;
  }

  /**
   * Where the loader stands, as plain JSON values. Inside a loop the batch at hand counts as read.
   *
   * @example
   * const saved = JSON.stringify(loader.stateDict());
   */
  stateDict(): DataLoaderState {
    return {
      epoch: this.#epoch,
      position: this.#position,
      samples: this.#batches.sampler.length,
      batchSize: this.batchSize,
      dropLast: this.dropLast,
      seed: this.#seed ?? null,
    };
  }

  /**
   * Makes the next loop go on where `state` was taken; the seed is taken over too.
   *
   * @throws {ValueError} if the state is malformed or is of a loader with other options
   */
  loadStateDict(state: DataLoaderState): void {
    checkLoaderState(state, this.stateDict(), this.length);
    if (this.#ownsSampler && state.seed !== this.#seed) {
      this.#seed = state.seed ?? undefined;
      this.#batches = this.#cut(this.#ownSampler());
    }
    this.#epoch = state.epoch;
    this.#position = state.position;
    this.#resuming = true;
    this.#current = undefined;
  }

  #read(indices: Int32Array): Batch {
    const collate = this.#collate;
    if (collate !== undefined) return collate(Array.from(indices, (index) => this.dataset.get(index)));
    return gatherSamples(this.dataset, indices) as Batch;
  }

  #ownSampler(): Sampler {
    const { length } = this.dataset;
    return this.#seed === undefined ? new SequentialSampler(length) : new RandomSampler(length, { seed: this.#seed });
  }

  #cut(sampler: Sampler): BatchSampler {
    return new BatchSampler(sampler, { batchSize: this.batchSize, dropLast: this.dropLast });
  }
}
