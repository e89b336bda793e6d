import { type Stateful, ValueError } from "@tapegrad/tensor";
import { expectNothing, expectNoTrace } from "@tapegrad/tensor/internal";
import { type Dataset, expectDataset } from "../dataset.ts";
import { isPromise } from "../is-promise.ts";
import { isIterableDataset, type IterableDataset } from "../iterable-dataset.ts";
import type { BatchSource } from "./batch-source.ts";
import { Cursor } from "../cursor.ts";
import { IndexedBatches } from "./indexed-batches.ts";
import type { DataLoaderState } from "./loader-state.ts";
import { type BatchOf, type DataLoaderOptions, settleLoaderOptions } from "./options.ts";
import { StreamedBatches } from "./streamed-batches.ts";

/**
 * Reads a data set in batches; every `for` loop over the loader is one epoch. `for await` reads data sets and `collate`
 * functions that give promises, and those that workers read.
 *
 * The order is that of a sampler, which follows from its state and the epoch; workers do not change it. `stateDict` can be
 * taken at any time, in the middle of an epoch too: a loader that loads it goes on with the batch that would have come next,
 * and in the epochs after that, whatever its own seed was. A sampler that was given is part of that state, and is changed
 * by loading it; of a sampler of one's own, the indices that are still to come are saved. A loop that was left early
 * is not gone on with: the next one starts the next epoch.
 *
 * Workers are started by each loop and end with it, also where it is left early. They read samples, of which batches are
 * made here.
 *
 * @param dataset at least one sample, its length asked at each epoch; or a stream, which is read in its order
 * @throws {ValueError} if the data set is empty or an option is unknown or not allowed; by a loop, if a sampler gives other
 *   indices than it says, or a batch is a promise outside of `for await`
 * @throws {WorkerError} by a loop, if a worker fails: in place of the first batch that it did not read
 * @throws {CompileError} by a loop inside a compiled function
 * @example
 * const loader = new DataLoader(new TensorDataset(arange(5), arange(5)), { batchSize: 2, shuffle: true, seed: 0 });
 * loader.length; // => 3
 * for (const [x, y] of loader) console.log(x.shape, y.shape);
 */
export class DataLoader<
  Sample,
  Size extends number | null = number,
  Batch = BatchOf<Sample, Size>,
  Source extends Dataset<Sample> | IterableDataset<Sample> = Dataset<Sample>,
>
  implements Iterable<Batch>, AsyncIterable<Batch>, Stateful<DataLoaderState>
{
  static readonly name: string = "DataLoader";
  /** What the samples come from. */
  readonly dataset: Source;
  /** Samples in a batch, of which the last one may have fewer; null if samples come one by one, undefined with a batch sampler. */
  readonly batchSize: number | null | undefined;
  /** Whether a last batch of fewer samples is left out. */
  readonly dropLast: boolean;
  readonly #batches: BatchSource<Batch>;
  readonly #cursor = new Cursor();

  constructor(
    dataset: Source & (Dataset<Sample> | IterableDataset<Sample>),
    options: DataLoaderOptions<Sample, Batch, Size> = {},
  ) {
    const settled = settleLoaderOptions(options);
    if (!isIterableDataset(dataset)) expectDataset("DataLoader", dataset);
    this.dataset = dataset;
    this.batchSize = settled.batchSampler === undefined ? settled.batchSize : undefined;
    this.dropLast = settled.dropLast;
    this.#batches = (
      isIterableDataset(dataset) ? new StreamedBatches(dataset, settled) : new IndexedBatches(dataset, settled)
    ) as BatchSource<Batch>;
  }

  /**
   * How many batches the epoch has that {@link DataLoader.epoch} says; undefined for a stream. It follows the length of
   * the data set or the sampler.
   */
  get length(): Source extends Dataset<Sample> ? number : undefined {
    return this.#batches.lengthOf(this.epoch) as Source extends Dataset<Sample> ? number : undefined;
  }

  /** The epoch that runs or, between two loops, the one that comes next; from 0. */
  get epoch(): number {
    return this.#cursor.epoch;
  }

  /** Starts an epoch, or goes on with the one of a loaded state. */
  *[Symbol.iterator](): Generator<Batch, void, undefined> {
    this.#expectReadable();
    const { epoch, start, read, end } = this.#cursor.begin();
    let position = start;
    for (const batch of this.#batches.now(epoch, start)) {
      if (isPromise(batch)) {
        batch.then(undefined, () => undefined);
        throw new ValueError("DataLoader: expected a batch, got a promise of one. Read the loader with for await.");
      }
      read(++position);
      yield batch;
      this.#expectCall();
    }
    end();
  }

  /** Like the plain iterator, for data sets and collate functions that give promises, and for workers. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    this.#expectReadable();
    const { epoch, start, read, end } = this.#cursor.begin();
    let position = start;
    for await (const batch of this.#batches.later(epoch, start)) {
      read(++position);
      yield batch;
      this.#expectCall();
    }
    end();
  }

  /**
   * Where the loader stands, as plain JSON values. Inside a loop the batch at hand counts as read.
   *
   * @example
   * const saved = JSON.stringify(loader.stateDict());
   */
  stateDict(): DataLoaderState {
    const { epoch, position } = this.#cursor;
    return { epoch, position, ...this.#batches.stateAt(epoch, position) };
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
    this.#batches.load(state);
    this.#cursor.moveTo(state.epoch, state.position);
  }

  #expectReadable(): void {
    this.#expectCall();
    this.#batches.expectBatches();
  }

  #expectCall(): void {
    expectNoTrace("DataLoader", "Read the batch before the call, and pass it as an argument.");
  }
}
