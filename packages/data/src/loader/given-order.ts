import { ValueError } from "@tapegrad/tensor";
import { expectValue, ranges } from "@tapegrad/tensor/internal";
import { checkIndex } from "../check-index.ts";
import { expectIndices } from "../expect-indices.ts";
import { type BatchList, type BatchOrder, batchOrderOf, type KnownBatches } from "../samplers/batch-order.ts";
import { samplerState } from "../samplers/sampler-state.ts";
import type { DrawnOrder, EpochOrder, OrderState } from "./epoch-order.ts";
import { type DataLoaderState, indicesRange, type LoaderKind } from "./loader-state.ts";

const fn = "DataLoader";

/** How many batches an epoch has at most if nobody says how many: what never ends would fill memory. */
const mostBatches = 2 ** 20;

/** Batches as a batch sampler of one's own says. */
export class GivenOrder implements EpochOrder {
  readonly #samples: { readonly length: number };
  readonly #given: KnownBatches;
  /** The batches of an epoch, once they are drawn; of those before the position of a loaded state, there are none. */
  #order: { readonly epoch: number; readonly batches: readonly (Int32Array | undefined)[] } | undefined;

  constructor(samples: { readonly length: number }, given: BatchOrder | BatchList) {
    this.#samples = samples;
    this.#given = batchOrderOf(given);
    this.expectBatches();
  }

  lengthOf(epoch: number): number {
    return this.#given.length ?? this.#orderOf(epoch, 0).length;
  }

  expectBatches(): void {
    if (this.#given.length === undefined || this.#given.length > 0) return;
    throw new ValueError(`${fn}: expected a batchSampler with at least one batch, got an empty one.`);
  }

  drawn(epoch: number, start: number): DrawnOrder {
    const batches = this.#orderOf(epoch, start);
    return { length: batches.length, at: (position) => batches[position]! };
  }

  stateAt(epoch: number, position: number): OrderState {
    const rest = this.#orderOf(epoch, position).slice(position);
    // After the batches are drawn, which may move the sampler on.
    const sampler = samplerState(this.#given);
    return { samples: null, batchSize: null, dropLast: false, sampler, rest: rest.map((batch) => Array.from(batch!)) };
  }

  kind(): LoaderKind {
    const sampler = samplerState(this.#given) !== null;
    return {
      samples: null,
      batchSize: null,
      dropLast: false,
      batches: this.#given.length ?? Infinity,
      sampler,
      rest: true,
    };
  }

  load({ epoch, position, sampler, rest }: DataLoaderState): void {
    expectValue(`${fn}.loadStateDict`, "rest", rest, ranges.listOf(indicesRange(this.#samples.length)));
    const left = this.#given.length === undefined ? rest.length : this.#given.length - position;
    const isEmpty = rest.some((batch) => batch.length === 0);
    if (rest.length !== left || isEmpty) {
      const [wanted, got] = isEmpty ? [", each of at least one index", "an empty one"] : ["", String(rest.length)];
      throw new ValueError(`${fn}.loadStateDict: expected ${left} batches still to come${wanted}, got ${got}.`);
    }
    if (sampler !== null) this.#given.loadStateDict?.(sampler as never);
    const before = Array.from({ length: position }, () => undefined);
    this.#order = { epoch, batches: [...before, ...rest.map((batch) => Int32Array.from(batch))] };
  }

  #orderOf(epoch: number, position: number): readonly (Int32Array | undefined)[] {
    const { length } = this.#given;
    const drawn = this.#order;
    // An epoch of which nothing is read is as long as the batch sampler says by now.
    if (drawn?.epoch === epoch && (position > 0 || drawn.batches.length === (length ?? drawn.batches.length))) {
      return drawn.batches;
    }
    const batches: Int32Array[] = [];
    for (const batch of this.#given.batches(epoch)) {
      if (batches.length === (length ?? mostBatches)) throw wrongLength(length, "more");
      expectIndices(fn, batch);
      for (let i = 0; i < batch.length; i++) checkIndex(fn, batch[i]!, this.#samples.length);
      if (batch.length === 0) {
        throw new ValueError(`${fn}: expected at least one index in batch ${batches.length}, got none.`);
      }
      batches.push(Int32Array.from(batch));
    }
    if (batches.length < (length ?? 1)) throw wrongLength(length ?? "at least 1", String(batches.length));
    this.#order = { epoch, batches };
    return batches;
  }
}

function wrongLength(wanted: number | string | undefined, got: string): ValueError {
  const many = wanted ?? `at most ${mostBatches}`;
  const hint = wanted === undefined ? " One of more says its length." : "";
  return new ValueError(`${fn}: expected ${many} batches of the batchSampler, got ${got}.${hint}`);
}
