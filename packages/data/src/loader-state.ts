import { ValueError } from "@tapegrad/tensor";

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
  for (const key of ["samples", "batchSize", "dropLast"] as const) {
    if (state[key] !== own[key]) {
      throw new ValueError(
        `DataLoader.loadStateDict: expected ${key} ${String(own[key])}, got ${String(state[key])}.` +
          " The state is of a loader with another data set or other options.",
      );
    }
  }
  if ((state.seed === null) !== (own.seed === null)) {
    const [wanted, got] = own.seed === null ? ["without", "with"] : ["with", "without"];
    throw new ValueError(`DataLoader.loadStateDict: expected a state ${wanted} a seed, got one ${got}.`);
  }
  const counts: readonly (readonly [string, unknown, number])[] = [
    ["epoch", state.epoch, Number.MAX_SAFE_INTEGER],
    ["position", state.position, length],
    ["seed", state.seed ?? 0, Number.MAX_SAFE_INTEGER],
  ];
  for (const [name, value, maximum] of counts) {
    if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > maximum) {
      throw new ValueError(`DataLoader.loadStateDict: expected ${name} from 0 to ${maximum}, got ${String(value)}.`);
    }
  }
}
