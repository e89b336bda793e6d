import { type Stateful, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectNoTrace,
  option,
  optional,
  type OptionTable,
  ranges,
  required,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkIndex } from "./check-index.ts";
import { type Collated, type Dataset, expectDataset } from "./dataset.ts";
import { collateWith, gatherSamples } from "./gather-samples.ts";
import { isPromise } from "./is-promise.ts";
import { checkLoaderState, type DataLoaderState } from "./loader-state.ts";
import { BatchSampler, expectFullBatch } from "./samplers/batch-sampler.ts";
import { seedOption } from "./samplers/fresh-seed.ts";
import { RandomSampler } from "./samplers/random-sampler.ts";
import { type Sampler, samplerRange } from "./samplers/sampler.ts";
import { SequentialSampler } from "./samplers/sequential-sampler.ts";
import { WeightedSampler } from "./samplers/weighted-sampler.ts";

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
  readonly collate?: ((samples: readonly Awaited<Sample>[]) => Batch | Promise<Batch>) | undefined;
}

const table: OptionTable<DataLoaderOptions<never, unknown>> = {
  batchSize: required(ranges.count),
  shuffle: option(ranges.flag, false),
  seed: seedOption,
  sampler: optional(samplerRange),
  dropLast: option(ranges.flag, false),
  collate: optional(ranges.callable()),
};

/** Samplers whose order of an epoch follows from their state for certain, so that it need not be saved. */
const known: readonly unknown[] = [SequentialSampler, RandomSampler, WeightedSampler];

/** One batch of a loop that is to be read. */
interface Turn {
  readonly indices: Int32Array;
  /** Counts it as read. */
  readonly taken: () => void;
}

/**
 * Reads a data set in batches; every `for` loop over the loader is one epoch. `for await` reads data sets and `collate`
 * functions that give promises.
 *
 * The order is that of a sampler, which follows from its state and the epoch. `stateDict` can be taken at any time, in
 * the middle of an epoch too: a loader that loads it goes on with the batch that would have come next, and in the epochs
 * after that, whatever its own seed was. A sampler that was given is part of that state, and is changed by loading it;
 * of a sampler without `stateDict`, the indices that are still to come are saved. A loop that was left early is not gone
 * on with: the next one starts the next epoch.
 *
 * @param dataset at least one sample; its length must not change
 * @throws {ValueError} if the data set is empty or an option is unknown or not allowed; by a loop, if the length of the
 *   data set has changed, a sampler gives other indices than it says, or a batch is a promise outside of `for await`
 * @throws {CompileError} by a loop inside a compiled function
 * @example
 * const loader = new DataLoader(new TensorDataset(arange(5), arange(5)), { batchSize: 2, shuffle: true, seed: 0 });
 * loader.length; // => 3
 * for (const [x, y] of loader) console.log(x.shape, y.shape);
 */
export class DataLoader<Sample, Batch = Collated<Sample>>
  implements Iterable<Batch>, AsyncIterable<Batch>, Stateful<DataLoaderState>
{
  static readonly name: string = "DataLoader";
  /** What the samples come from. */
  readonly dataset: Dataset<Sample>;
  /** Samples in a batch; the last one may have fewer. */
  readonly batchSize: number;
  /** Whether a last batch of fewer samples is left out. */
  readonly dropLast: boolean;
  /** How many batches an epoch has. */
  readonly length: number;

  readonly #collate: DataLoaderOptions<Sample, Batch>["collate"];
  readonly #sampler: Sampler;
  /** How many samples the data set had, and how many indices the sampler has. */
  readonly #samples: number;
  readonly #indices: number;
  #epoch = 0;
  #position = 0;
  /** The order of the epoch, once it is drawn. */
  #order: Int32Array | undefined;
  /** Whether a loop reads the epoch, or has left it early. */
  #begun = false;
  #current: object | undefined;

  constructor(dataset: Dataset<Sample>, options: DataLoaderOptions<Sample, Batch>) {
    const settled = settleOptions<DataLoaderOptions<never, unknown>>("DataLoader", options, table);
    const { batchSize, shuffle, seed, sampler, dropLast } = settled;
    expectDataset("DataLoader", dataset);
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
    this.#samples = dataset.length;
    this.#sampler =
      sampler ?? (shuffle ? new RandomSampler(this.#samples, { seed }) : new SequentialSampler(this.#samples));
    this.#indices = this.#sampler.length;
    this.length = new BatchSampler(this.#sampler, { batchSize, dropLast }).length;
  }

  /** The epoch that runs or, between two loops, the one that comes next; from 0. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Starts an epoch, or goes on with the one of a loaded state. */
  *[Symbol.iterator](): Generator<Batch, void, undefined> {
    for (const { indices, taken } of this.#turns()) {
      const batch = this.#read(indices);
      if (isPromise(batch)) {
        batch.then(undefined, () => undefined);
        throw new ValueError("DataLoader: expected a batch, got a promise of one. Read the loader with for await.");
      }
      taken();
      yield batch;
    }
  }

  /** Like the plain iterator, for data sets and collate functions that give promises. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    for (const { indices, taken } of this.#turns()) {
      const batch = await this.#read(indices);
      taken();
      yield batch;
    }
  }

  /**
   * Where the loader stands, as plain JSON values. Inside a loop the batch at hand counts as read.
   *
   * @example
   * const saved = JSON.stringify(loader.stateDict());
   */
  stateDict(): DataLoaderState {
    const { batchSize, dropLast } = this;
    const [epoch, position] = [this.#epoch, this.#position];
    const rest = known.includes(this.#sampler.constructor)
      ? null
      : Array.from(this.#orderOfEpoch().subarray(position * batchSize));
    // After the order is drawn, which may move a sampler of one's own on.
    const sampler = this.#sampler.loadStateDict === undefined ? null : (this.#sampler.stateDict?.() ?? null);
    return { epoch, position, samples: this.#indices, batchSize, dropLast, sampler, rest };
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): DataLoaderState {
    return this.stateDict();
  }

  /**
   * Makes the next loop go on where `state` was taken; the state of the sampler is taken over too.
   *
   * @throws {ValueError} if the state is malformed or is of a loader with other options; nothing has changed then
   */
  loadStateDict(state: DataLoaderState, ...none: []): void {
    expectNothing("DataLoader.loadStateDict", none);
    checkLoaderState(state, this.stateDict(), { batches: this.length, samples: this.#samples });
    const { epoch, position, sampler, rest } = state;
    if (sampler !== null) this.#sampler.loadStateDict?.(sampler as never);
    this.#startEpoch(epoch);
    this.#position = position;
    if (rest !== null) {
      this.#order = new Int32Array(this.#indices);
      this.#order.set(rest, this.#indices - rest.length);
    }
    this.#current = undefined;
  }

  /** The batches of a loop. */
  *#turns(): Generator<Turn, void, undefined> {
    const { batchSize, dataset } = this;
    this.#expectCall();
    if (dataset.length !== this.#samples) {
      throw new ValueError(
        `DataLoader: expected a data set of ${this.#samples} samples, as when the loader was made, got ` +
          `${dataset.length}. Make a new loader.`,
      );
    }
    if (this.#begun) this.#startEpoch(this.#epoch + 1);
    this.#begun = true;
    // Of two loops at a time, the one that started last is the one that the state is about.
    const token = {};
    this.#current = token;
    const order = this.#orderOfEpoch();
    for (let position = this.#position; position < this.length; position++) {
      this.#expectCall();
      yield {
        indices: order.subarray(position * batchSize, (position + 1) * batchSize),
        taken: () => {
          if (this.#current === token) this.#position = position + 1;
        },
      };
    }
    if (this.#current === token) this.#startEpoch(this.#epoch + 1);
  }

  #expectCall(): void {
    expectNoTrace("DataLoader", "Read the batch before the call, and pass it as an argument.");
  }

  #startEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#position = 0;
    this.#order = undefined;
    this.#begun = false;
  }

  #orderOfEpoch(): Int32Array {
    if (this.#order !== undefined) return this.#order;
    const order = this.#sampler.indices(this.#epoch);
    if (order.length !== this.#indices) {
      throw new ValueError(`DataLoader: expected ${this.#indices} indices of the sampler, got ${order.length}.`);
    }
    for (const index of order) checkIndex("DataLoader", index, this.#samples);
    return (this.#order = Int32Array.from(order));
  }

  #read(indices: Int32Array): Batch | Promise<Batch> {
    const collate = this.#collate;
    if (collate !== undefined) return collateWith(this.dataset, indices, collate);
    return gatherSamples(this.dataset, indices) as Batch | Promise<Batch>;
  }
}
