import { ValueError } from "@tapegrad/tensor";
import { expectValue, ranges } from "@tapegrad/tensor/internal";
import { checkIndex } from "../check-index.ts";
import { BatchSampler, expectFullBatch } from "../samplers/batch-sampler.ts";
import { RandomSampler } from "../samplers/random-sampler.ts";
import type { Sampler } from "../samplers/sampler.ts";
import { SequentialSampler } from "../samplers/sequential-sampler.ts";
import { WeightedSampler } from "../samplers/weighted-sampler.ts";
import type { EpochOrder, IndicesAt, OrderState } from "./epoch-order.ts";
import { type DataLoaderState, indicesRange } from "./loader-state.ts";
import type { Settled } from "./options.ts";

/** Samplers whose order of an epoch follows from their state for certain, so that it need not be saved. */
const known: readonly unknown[] = [SequentialSampler, RandomSampler, WeightedSampler];

/** The order of a sampler, cut into batches of one size. */
export class CutOrder implements EpochOrder {
  readonly length: number;
  readonly #batchSize: number;
  readonly #dropLast: boolean;
  readonly #sampler: Sampler;
  /** How many samples there are, and how many indices the sampler has. */
  readonly #samples: number;
  readonly #indices: number;
  /** The order of an epoch, once it is drawn. */
  #order: { readonly epoch: number; readonly indices: Int32Array } | undefined;

  constructor(samples: number, { batchSize, shuffle, seed, sampler, dropLast }: Settled) {
    if (sampler !== undefined && !(sampler.length > 0)) {
      throw new ValueError("DataLoader: expected a sampler with at least one index, got an empty one.");
    }
    if (dropLast) expectFullBatch("DataLoader", sampler?.length ?? samples, batchSize);
    this.#batchSize = batchSize;
    this.#dropLast = dropLast;
    this.#samples = samples;
    this.#sampler = sampler ?? (shuffle ? new RandomSampler(samples, { seed }) : new SequentialSampler(samples));
    this.#indices = this.#sampler.length;
    this.length = new BatchSampler(this.#sampler, { batchSize, dropLast }).length;
  }

  drawn(epoch: number): IndicesAt {
    const order = this.#orderOf(epoch);
    return (position) => order.subarray(position * this.#batchSize, (position + 1) * this.#batchSize);
  }

  stateAt(epoch: number, position: number): OrderState {
    const rest = known.includes(this.#sampler.constructor)
      ? null
      : Array.from(this.#orderOf(epoch).subarray(position * this.#batchSize));
    // After the order is drawn, which may move a sampler of one's own on.
    const sampler = this.#sampler.loadStateDict === undefined ? null : (this.#sampler.stateDict?.() ?? null);
    return { samples: this.#indices, batchSize: this.#batchSize, dropLast: this.#dropLast, sampler, rest };
  }

  load({ epoch, position, sampler, rest }: DataLoaderState): void {
    const fn = "DataLoader.loadStateDict";
    expectValue(fn, "rest", rest, ranges.orNull(indicesRange(this.#samples)));
    const left = Math.max(0, this.#indices - position * this.#batchSize);
    if (rest !== null && rest.length !== left) {
      throw new ValueError(`${fn}: expected ${left} indices still to come, got ${rest.length}.`);
    }
    if (sampler !== null) this.#sampler.loadStateDict?.(sampler as never);
    this.#order = undefined;
    if (rest === null) return;
    const indices = new Int32Array(this.#indices);
    indices.set(rest, this.#indices - rest.length);
    this.#order = { epoch, indices };
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
}
