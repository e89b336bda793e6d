import type { IterableDataset } from "../iterable-dataset.ts";
import { type Pipeline, pipeline } from "../pipeline/pipeline.ts";
import type { BatchSource } from "./batch-source.ts";
import { checkLoaderState, type DataLoaderState } from "./loader-state.ts";
import { expectStreamOptions, type Settled } from "./options.ts";

/** Batches of a stream, in its order. */
export class StreamedBatches implements BatchSource<unknown> {
  readonly length: undefined;
  readonly #stream: IterableDataset<unknown>;
  readonly #options: Settled;

  constructor(stream: IterableDataset<unknown>, options: Settled) {
    expectStreamOptions(options);
    this.#stream = stream;
    this.#options = options;
  }

  expectUnchanged(): void {}

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

  load(state: DataLoaderState, own: DataLoaderState): void {
    checkLoaderState(state, own, Infinity);
  }

  #batches(start: number): Pipeline<unknown> {
    const { batchSize, dropLast, collate } = this.#options;
    const samples = pipeline(this.#stream).skip(start * batchSize);
    return samples.batch<unknown>(batchSize, { dropLast, collate: collate as never });
  }
}
