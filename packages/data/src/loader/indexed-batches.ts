import { ValueError } from "@tapegrad/tensor";
import { checkIndex } from "../check-index.ts";
import { collate as collateSamples } from "../collate.ts";
import type { Dataset } from "../dataset.ts";
import { BatchSampler, expectFullBatch } from "../samplers/batch-sampler.ts";
import { RandomSampler } from "../samplers/random-sampler.ts";
import type { Sampler } from "../samplers/sampler.ts";
import { SequentialSampler } from "../samplers/sequential-sampler.ts";
import { WeightedSampler } from "../samplers/weighted-sampler.ts";
import { WorkerPool } from "../workers/worker-pool.ts";
import type { BatchSource } from "./batch-source.ts";
import { collateWith, gatherSamples } from "./gather-samples.ts";
import { checkLoaderState, type DataLoaderState } from "./loader-state.ts";
import type { Settled } from "./options.ts";
import { readAhead } from "./read-ahead.ts";

/** Samplers whose order of an epoch follows from their state for certain, so that it need not be saved. */
const known: readonly unknown[] = [SequentialSampler, RandomSampler, WeightedSampler];

/** Batches of a data set in the order of a sampler, read here or by workers. */
export class IndexedBatches implements BatchSource<unknown> {
  readonly length: number;
  readonly #dataset: Dataset<unknown>;
  readonly #options: Settled;
  readonly #sampler: Sampler;
  /** How many samples the data set had, and how many indices the sampler has. */
  readonly #samples: number;
  readonly #indices: number;
  /** The order of an epoch, once it is drawn. */
  #order: { readonly epoch: number; readonly indices: Int32Array } | undefined;

  constructor(dataset: Dataset<unknown>, options: Settled) {
    const { batchSize, shuffle, seed, sampler, dropLast } = options;
    if (!(dataset.length > 0)) {
      throw new ValueError("DataLoader: expected a data set with at least one sample, got an empty one.");
    }
    if (sampler !== undefined && !(sampler.length > 0)) {
      throw new ValueError("DataLoader: expected a sampler with at least one index, got an empty one.");
    }
    if (dropLast) expectFullBatch("DataLoader", sampler?.length ?? dataset.length, batchSize);
    this.#dataset = dataset;
    this.#options = options;
    this.#samples = dataset.length;
    this.#sampler =
      sampler ?? (shuffle ? new RandomSampler(this.#samples, { seed }) : new SequentialSampler(this.#samples));
    this.#indices = this.#sampler.length;
    this.length = new BatchSampler(this.#sampler, { batchSize, dropLast }).length;
  }

  expectUnchanged(): void {
    const { length } = this.#dataset;
    if (length === this.#samples) return;
    throw new ValueError(
      `DataLoader: expected a data set of ${this.#samples} samples, as when the loader was made, got ` +
        `${length}. Make a new loader.`,
    );
  }

  *now(epoch: number, start: number): Generator<unknown, void, undefined> {
    const { workers } = this.#options;
    if (workers > 0) {
      throw new ValueError(`DataLoader: expected for await with ${workers} workers, got a plain for loop.`);
    }
    const order = this.#orderOf(epoch);
    for (let position = start; position < this.length; position++) yield this.#read(order, position, epoch);
  }

  async *later(epoch: number, start: number): AsyncGenerator<unknown, void, undefined> {
    const order = this.#orderOf(epoch);
    const { prefetch: ahead } = this.#options;
    const pool = this.#pool();
    const read = (position: number): unknown =>
      pool === undefined ? this.#read(order, position, epoch) : this.#readBy(pool, order, position, epoch);
    try {
      yield* readAhead(read, { from: start, to: this.length, ahead });
    } finally {
      pool?.close();
    }
  }

  stateAt(epoch: number, position: number): Omit<DataLoaderState, "epoch" | "position"> {
    const { batchSize, dropLast } = this.#options;
    const rest = known.includes(this.#sampler.constructor)
      ? null
      : Array.from(this.#orderOf(epoch).subarray(position * batchSize));
    // After the order is drawn, which may move a sampler of one's own on.
    const sampler = this.#sampler.loadStateDict === undefined ? null : (this.#sampler.stateDict?.() ?? null);
    return { samples: this.#indices, batchSize, dropLast, sampler, rest };
  }

  load(state: DataLoaderState, own: DataLoaderState): void {
    checkLoaderState(state, own, { batches: this.length, samples: this.#samples });
    const { epoch, sampler, rest } = state;
    if (sampler !== null) this.#sampler.loadStateDict?.(sampler as never);
    this.#order = undefined;
    if (rest !== null) {
      const indices = new Int32Array(this.#indices);
      indices.set(rest, this.#indices - rest.length);
      this.#order = { epoch, indices };
    }
  }

  #pool(): WorkerPool | undefined {
    const { workers, module, collate } = this.#options;
    if (workers === 0) return undefined;
    return new WorkerPool({ workers, module: module!, length: this.#samples, gather: collate === undefined });
  }

  #orderOf(epoch: number): Int32Array {
    if (this.#order?.epoch === epoch) return this.#order.indices;
    const order = this.#sampler.indices(epoch);
    if (order.length !== this.#indices) {
      throw new ValueError(`DataLoader: expected ${this.#indices} indices of the sampler, got ${order.length}.`);
    }
    for (const index of order) checkIndex("DataLoader", index, this.#samples);
    const indices = Int32Array.from(order);
    this.#order = { epoch, indices };
    return indices;
  }

  #indicesAt(order: Int32Array, position: number): Int32Array {
    const { batchSize } = this.#options;
    return order.subarray(position * batchSize, (position + 1) * batchSize);
  }

  #read(order: Int32Array, position: number, epoch: number): unknown {
    const { collate } = this.#options;
    const indices = this.#indicesAt(order, position);
    if (collate === undefined) return gatherSamples(this.#dataset, indices, epoch);
    return collateWith(this.#dataset as Dataset<never>, indices, epoch, collate);
  }

  /** Workers read samples; what makes a batch of them is here, where its functions are. */
  async #readBy(pool: WorkerPool, order: Int32Array, position: number, epoch: number): Promise<unknown> {
    const reading = await pool.read(this.#indicesAt(order, position), epoch);
    if ("batch" in reading) return reading.batch;
    const { collate = collateSamples } = this.#options;
    return collate(reading.samples as readonly never[]);
  }
}
