import { ValueError } from "@tapegrad/tensor";
import { expectValue, ranges } from "@tapegrad/tensor/internal";

/** Where a {@link DataLoader} stands. All values are plain JSON. */
export interface DataLoaderState {
  /** The epoch, from 0. */
  readonly epoch: number;
  /** How many of its batches have been read. */
  readonly position: number;
  /** How many indices an epoch has. */
  readonly samples: number;
  readonly batchSize: number;
  readonly dropLast: boolean;
  /** The seed of a loader that shuffles, null for one that does not. */
  readonly seed: number | null;
}

/** Throws unless `state` can be loaded into a loader whose own state is `own`. */
export function checkLoaderState(state: DataLoaderState, own: DataLoaderState, length: number): void {
  const fn = "DataLoader.loadStateDict";
  for (const key of ["samples", "batchSize", "dropLast"] as const) {
    if (state[key] !== own[key]) {
      throw new ValueError(
        `${fn}: expected ${key} ${String(own[key])}, got ${String(state[key])}.` +
          " The state is of a loader with another data set or other options.",
      );
    }
  }
  if ((state.seed === null) !== (own.seed === null)) {
    const [wanted, got] = own.seed === null ? ["without", "with"] : ["with", "without"];
    throw new ValueError(`${fn}: expected a state ${wanted} a seed, got one ${got}.`);
  }
  expectValue(fn, "epoch", state.epoch, ranges.whole(0));
  expectValue(fn, "position", state.position, ranges.whole(0));
  expectValue(fn, "seed", state.seed, ranges.orNull(ranges.whole(0)));
  if (state.position > length) {
    throw new ValueError(`${fn}: expected position from 0 to ${length}, got ${state.position}.`);
  }
}
