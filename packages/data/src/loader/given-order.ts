import { ValueError } from "@tapegrad/tensor";
import { expectValue, ranges } from "@tapegrad/tensor/internal";
import { checkIndex } from "../check-index.ts";
import { expectIndices } from "../expect-indices.ts";
import { type BatchList, type BatchOrder, batchOrderOf } from "../samplers/batch-order.ts";
import type { EpochOrder, IndicesAt, OrderState } from "./epoch-order.ts";
import { type DataLoaderState, indicesRange } from "./loader-state.ts";

const fn = "DataLoader";

/** Batches as a batch sampler of one's own says. */
export class GivenOrder implements EpochOrder {
  readonly length: number;
  readonly #samples: number;
  readonly #given: BatchOrder;
  /** The batches of an epoch, once they are drawn; of those before the position of a loaded state, there are none. */
  #order: { readonly epoch: number; readonly batches: readonly (Int32Array | undefined)[] } | undefined;

  constructor(samples: number, given: BatchOrder | BatchList) {
    this.#samples = samples;
    this.#given = batchOrderOf(given);
    this.length = this.#given.length;
    if (!(this.length > 0)) {
      throw new ValueError(`${fn}: expected a batchSampler with at least one batch, got an empty one.`);
    }
  }

  drawn(epoch: number): IndicesAt {
    const batches = this.#orderOf(epoch);
    return (position) => batches[position]!;
  }

  stateAt(epoch: number, position: number): OrderState {
    const rest = this.#orderOf(epoch).slice(position);
    // After the batches are drawn, which may move the sampler on.
    const sampler = this.#given.loadStateDict === undefined ? null : (this.#given.stateDict?.() ?? null);
    return { samples: null, batchSize: null, dropLast: false, sampler, rest: rest.map((batch) => Array.from(batch!)) };
  }

  load({ epoch, position, sampler, rest }: DataLoaderState): void {
    expectValue(`${fn}.loadStateDict`, "rest", rest, ranges.listOf(indicesRange(this.#samples)));
    const left = this.length - position;
    const isEmpty = rest.some((batch) => batch.length === 0);
    if (rest.length !== left || isEmpty) {
      const [wanted, got] = isEmpty ? [", each of at least one index", "an empty one"] : ["", String(rest.length)];
      throw new ValueError(`${fn}.loadStateDict: expected ${left} batches still to come${wanted}, got ${got}.`);
    }
    if (sampler !== null) this.#given.loadStateDict?.(sampler as never);
    const before = Array.from({ length: position }, () => undefined);
    this.#order = { epoch, batches: [...before, ...rest.map((batch) => Int32Array.from(batch))] };
  }

  #orderOf(epoch: number): readonly (Int32Array | undefined)[] {
    if (this.#order?.epoch === epoch) return this.#order.batches;
    const batches: Int32Array[] = [];
    for (const batch of this.#given.batches(epoch)) {
      if (batches.length === this.length) throw this.#wrongLength("more");
      expectIndices(fn, batch);
      for (let i = 0; i < batch.length; i++) checkIndex(fn, batch[i]!, this.#samples);
      if (batch.length === 0) {
        throw new ValueError(`${fn}: expected at least one index in batch ${batches.length}, got none.`);
      }
      batches.push(Int32Array.from(batch));
    }
    if (batches.length < this.length) throw this.#wrongLength(String(batches.length));
    this.#order = { epoch, batches };
    return batches;
  }

  #wrongLength(got: string): ValueError {
    return new ValueError(`${fn}: expected ${this.length} batches of the batchSampler, got ${got}.`);
  }
}
