import type { IterableDataset } from "../iterable-dataset.ts";
import { type Pipeline, pipeline } from "../pipeline/pipeline.ts";
import type { BatchSource } from "./batch-source.ts";
import { checkLoaderState, type DataLoaderState } from "./loader-state.ts";
import { expectStreamOptions, type Settled } from "./options.ts";

/** Batches of a stream, in its order. */
export class StreamedBatches implements BatchSource<unknown> {
  readonly #stream: IterableDataset<unknown>;
  readonly #options: Settled;

  constructor(stream: IterableDataset<unknown>, options: Settled) {
    expectStreamOptions(options);
    this.#stream = stream;
    this.#options = options;
  }

  lengthOf(): undefined {}

  expectBatches(): void {}

  now(epoch: number, start: number): Iterable<unknown> {
    return this.#batches(start).samples(epoch);
  }

  later(epoch: number, start: number): AsyncIterable<unknown> {
    return this.#batches(start).prefetch(this.#options.prefetch).samples(epoch);
  }

  stateAt(): Omit<DataLoaderState, "epoch" | "position"> {
    const { batchSize, dropLast } = this.#options;
    return { samples: null, batchSize, dropLast, sampler: null, rest: null };
  }

  load(state: DataLoaderState): void {
    const { batchSize, dropLast } = this.#options;
    checkLoaderState(state, { samples: null, batchSize, dropLast, batches: Infinity, sampler: false, rest: false });
  }

  #batches(start: number): Pipeline<unknown> {
    const { size, dropLast, collate } = this.#options;
    const samples = pipeline(this.#stream).skip(start * size);
    return samples.batch<unknown>(size, { dropLast, collate: collate as never });
  }
}
