import { ValueError } from "@tapegrad/tensor";
import { expectState, expectValue, ranges, type ValueRange } from "@tapegrad/tensor/internal";

/** Where a `DataLoader` stands. All values are plain JSON. */
export interface DataLoaderState {
  /** The epoch, from 0. */
  readonly epoch: number;
  /** How many of its batches have been read. */
  readonly position: number;
  /** How many indices an epoch has; null for a stream and for a batch sampler. */
  readonly samples: number | null;
  /** Samples in a batch; null for a batch sampler, and where nothing makes batches. */
  readonly batchSize: number | null;
  /** Whether a last batch of fewer samples is left out. */
  readonly dropLast: boolean;
  /** The state of the sampler or batch sampler, such as the seed of a loader that shuffles; null for one without. */
  readonly sampler: object | null;
  /** The indices of the epoch that are still to come, if the sampler is one of your own, by batches if it is a batch sampler; else null. */
  readonly rest: readonly number[] | readonly (readonly number[])[] | null;
}

const record = ranges.orNull(ranges.record);

/** Lists of indices of a data set. */
export function indicesRange(samples: number): ValueRange<readonly number[]> {
  return ranges.listOf(
    ranges.numbers(`to be an index from 0 to ${samples - 1}`, (x) => Number.isInteger(x) && x >= 0 && x < samples),
  );
}

/** What of a loader has to be the same where a state is loaded. */
export interface LoaderKind extends Pick<DataLoaderState, "samples" | "batchSize" | "dropLast"> {
  /** How many batches an epoch has, or Infinity if nobody knows. */
  readonly batches: number;
  /** Whether its states have `sampler`, and `rest`. */
  readonly sampler: boolean;
  readonly rest: boolean;
}

/** Throws unless `state` can be loaded into a loader that is `own`; what is still to come, the order checks. */
export function checkLoaderState(state: DataLoaderState, own: LoaderKind): void {
  const fn = "DataLoader.loadStateDict";
  expectState(fn, state);
  for (const key of ["samples", "batchSize", "dropLast"] as const) {
    if (state[key] !== own[key]) {
      throw new ValueError(
        `${fn}: expected ${key} ${String(own[key])}, got ${String(state[key])}.` +
          " The state is of a loader with another data set or other options.",
      );
    }
  }
  expectValue(fn, "epoch", state.epoch, ranges.whole(0));
  expectValue(fn, "position", state.position, ranges.whole(0));
  if (state.position > own.batches) {
    throw new ValueError(`${fn}: expected position from 0 to ${own.batches}, got ${state.position}.`);
  }
  expectValue(fn, "sampler", state.sampler, record);
  for (const [key, what] of [
    ["sampler", "a sampler with state"],
    ["rest", "a sampler of one's own"],
  ] as const) {
    if ((state[key] !== null) === own[key]) continue;
    const [wanted, got] = own[key] ? ["with", "without"] : ["without", "with"];
    throw new ValueError(`${fn}: expected the state of a loader ${wanted} ${what}, got one ${got}.`);
  }
}
