import { ValueError } from "@tapegrad/tensor";
import { collate as collateSamples } from "../collate.ts";
import type { Dataset } from "../dataset.ts";
import { WorkerPool } from "../workers/worker-pool.ts";
import type { BatchSource } from "./batch-source.ts";
import { CutOrder } from "./cut-order.ts";
import type { EpochOrder } from "./epoch-order.ts";
import { collateWith, gatherSamples } from "./gather-samples.ts";
import { GivenOrder } from "./given-order.ts";
import { checkLoaderState, type DataLoaderState } from "./loader-state.ts";
import type { Settled } from "./options.ts";
import { readAhead } from "./read-ahead.ts";

/** Batches of a data set in some order, read here or by workers. */
export class IndexedBatches implements BatchSource<unknown> {
  readonly #dataset: Dataset<unknown>;
  readonly #options: Settled;
  readonly #order: EpochOrder;

  constructor(dataset: Dataset<unknown>, options: Settled) {
    expectSamples(dataset);
    this.#dataset = dataset;
    this.#options = options;
    const { batchSampler } = options;
    this.#order = batchSampler === undefined ? new CutOrder(dataset, options) : new GivenOrder(dataset, batchSampler);
  }

  lengthOf(epoch: number): number {
    return this.#order.lengthOf(epoch);
  }

  expectBatches(): void {
    expectSamples(this.#dataset);
    this.#order.expectBatches();
  }

  *now(epoch: number, start: number): Generator<unknown, void, undefined> {
    const { workers } = this.#options;
    if (workers > 0) {
      throw new ValueError(`DataLoader: expected for await with ${workers} workers, got a plain for loop.`);
    }
    const order = this.#order.drawn(epoch, start);
    for (let position = start; position < order.length; position++) yield this.#read(order.at(position), epoch);
  }

  async *later(epoch: number, start: number): AsyncGenerator<unknown, void, undefined> {
    const order = this.#order.drawn(epoch, start);
    const { prefetch: ahead } = this.#options;
    const pool = this.#pool();
    const read = (position: number): unknown =>
      pool === undefined ? this.#read(order.at(position), epoch) : this.#readBy(pool, order.at(position), epoch);
    try {
      yield* readAhead(read, { from: start, to: order.length, ahead });
    } finally {
      pool?.close();
    }
  }

  stateAt(epoch: number, position: number): Omit<DataLoaderState, "epoch" | "position"> {
    return this.#order.stateAt(epoch, position);
  }

  load(state: DataLoaderState): void {
    checkLoaderState(state, this.#order.kind());
    this.#order.load(state);
  }

  #pool(): WorkerPool | undefined {
    const { workers, module, collate } = this.#options;
    if (workers === 0) return undefined;
    return new WorkerPool({ workers, module: module!, length: this.#dataset.length, gather: collate === undefined });
  }

  #read(indices: Int32Array, epoch: number): unknown {
    const { collate } = this.#options;
    if (collate === undefined) return gatherSamples(this.#dataset, indices, epoch);
    return collateWith(this.#dataset as Dataset<never>, indices, epoch, collate);
  }

  /** Workers read samples; what makes a batch of them is here, where its functions are. */
  async #readBy(pool: WorkerPool, indices: Int32Array, epoch: number): Promise<unknown> {
    const reading = await pool.read(indices, epoch);
    if ("batch" in reading) return reading.batch;
    const { collate = collateSamples } = this.#options;
    return collate(reading.samples as readonly never[]);
  }
}

function expectSamples({ length }: Dataset<unknown>): void {
  if (length > 0) return;
  throw new ValueError("DataLoader: expected a data set with at least one sample, got an empty one.");
}
