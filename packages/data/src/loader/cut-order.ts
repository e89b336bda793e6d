import { ValueError } from "@tapegrad/tensor";
import { expectValue, ranges } from "@tapegrad/tensor/internal";
import { checkIndex } from "../check-index.ts";
import { batchCount, expectFullBatch } from "../samplers/batch-sampler.ts";
import { RandomSampler } from "../samplers/random-sampler.ts";
import { type Sampler, samplerOf } from "../samplers/sampler.ts";
import { samplerState } from "../samplers/sampler-state.ts";
import { SequentialSampler } from "../samplers/sequential-sampler.ts";
import { SubsetRandomSampler } from "../samplers/subset-random-sampler.ts";
import { WeightedSampler } from "../samplers/weighted-sampler.ts";
import type { DrawnOrder, EpochOrder, OrderState } from "./epoch-order.ts";
import { type DataLoaderState, indicesRange, type LoaderKind } from "./loader-state.ts";
import type { Settled } from "./options.ts";

/** Samplers whose order of an epoch follows from their state for certain, so that it need not be saved. */
const known: readonly unknown[] = [SequentialSampler, RandomSampler, WeightedSampler, SubsetRandomSampler];

/** The order of a sampler, cut into batches of one size. */
export class CutOrder implements EpochOrder {
  readonly #samples: { readonly length: number };
  /** That of the options, and what it means. */
  readonly #batchSize: number | null;
  readonly #size: number;
  readonly #dropLast: boolean;
  readonly #sampler: Sampler;
  /** Whether the order of an epoch follows from the state of the sampler for certain. */
  readonly #isKnown: boolean;
  /** The order of an epoch, once it is drawn, and what it was drawn with. */
  #order: { readonly epoch: number; readonly indices: Int32Array; readonly basis: string } | undefined;

  constructor(samples: { readonly length: number }, options: Settled) {
    const { shuffle, seed, sampler } = options;
    this.#samples = samples;
    this.#batchSize = options.batchSize;
    this.#size = options.size;
    this.#dropLast = options.dropLast;
    this.#sampler =
      sampler !== undefined
        ? samplerOf("DataLoader", sampler)
        : shuffle
          ? new RandomSampler(samples, { seed })
          : new SequentialSampler(samples);
    this.#isKnown = known.includes(this.#sampler.constructor);
    this.expectBatches();
  }

  lengthOf(): number {
    return batchCount(this.#sampler.length, this.#size, this.#dropLast);
  }

  expectBatches(): void {
    const { length } = this.#sampler;
    if (!(length > 0)) {
      throw new ValueError("DataLoader: expected a sampler with at least one index, got an empty one.");
    }
    if (this.#dropLast) expectFullBatch("DataLoader", length, this.#size);
  }

  drawn(epoch: number, start: number): DrawnOrder {
    const order = this.#orderOf(epoch, start);
    const size = this.#size;
    return {
      length: batchCount(order.length, size, this.#dropLast),
      at: (position) => order.subarray(position * size, (position + 1) * size),
    };
  }

  stateAt(epoch: number, position: number): OrderState {
    const order = this.#isKnown && position === 0 ? undefined : this.#orderOf(epoch, position);
    // After the order is drawn, which may move a sampler of one's own on.
    const samples = this.#sampler.length;
    if (order !== undefined && this.#order?.basis !== this.#basis()) {
      throw new ValueError(
        "DataLoader.stateDict: expected the order with which the epoch began, got one that would be another by now." +
          " Of a data set that has grown, take the state between two epochs.",
      );
    }
    const rest = this.#isKnown || order === undefined ? null : Array.from(order.subarray(position * this.#size));
    const sampler = samplerState(this.#sampler);
    return { samples, batchSize: this.#batchSize, dropLast: this.#dropLast, sampler, rest };
  }

  kind(): LoaderKind {
    return {
      ...{ samples: this.#sampler.length, batchSize: this.#batchSize, dropLast: this.#dropLast },
      ...{ batches: this.lengthOf(), sampler: samplerState(this.#sampler) !== null, rest: !this.#isKnown },
    };
  }

  load({ epoch, position, sampler, rest }: DataLoaderState): void {
    const fn = "DataLoader.loadStateDict";
    const { length } = this.#sampler;
    expectValue(fn, "rest", rest, ranges.orNull(indicesRange(this.#samples.length)));
    const left = Math.max(0, length - position * this.#size);
    if (rest !== null && rest.length !== left) {
      throw new ValueError(`${fn}: expected ${left} indices still to come, got ${rest.length}.`);
    }
    if (sampler !== null) this.#sampler.loadStateDict?.(sampler as never);
    this.#order = undefined;
    // In the middle of an epoch its order is settled, whatever the data set grows to before it goes on.
    if (rest === null) return void (position > 0 && this.#orderOf(epoch, position));
    const indices = new Int32Array(length);
    indices.set(rest, length - rest.length);
    this.#order = { epoch, indices, basis: this.#basis() };
  }

  #orderOf(epoch: number, position: number): Int32Array {
    const { length } = this.#sampler;
    const drawn = this.#order;
    // An epoch of which nothing is read is what the sampler makes of it by now.
    if (drawn?.epoch === epoch && (position > 0 || drawn.basis === this.#basis())) return drawn.indices;
    const order = this.#sampler.indices(epoch);
    if (order.length !== length) {
      throw new ValueError(`DataLoader: expected ${length} indices of the sampler, got ${order.length}.`);
    }
    for (const index of order) checkIndex("DataLoader", index, this.#samples.length);
    const indices = Int32Array.from(order);
    this.#order = { epoch, indices, basis: this.#basis() };
    return indices;
  }

  /** What the order of an epoch follows from; of a sampler of one's own, whose state may move, only its length is sure. */
  #basis(): string {
    return this.#isKnown ? JSON.stringify(samplerState(this.#sampler)) : String(this.#sampler.length);
  }
}
