import type { DataLoaderState } from "./loader-state.ts";

/** Where the batches of a loader come from. */
export interface BatchSource<Batch> {
  /** How many batches epoch `epoch` has; undefined if nobody knows. */
  lengthOf(epoch: number): number | undefined;
  /** Throws if there would be no batch. */
  expectBatches(): void;
  /** The batches of an epoch from batch `start` on, or promises of them. */
  now(epoch: number, start: number): Iterable<Batch | Promise<Batch>>;
  /** The same, waited for. */
  later(epoch: number, start: number): AsyncIterable<Batch>;
  /** What of the state of the loader is not where it stands. */
  stateAt(epoch: number, position: number): Omit<DataLoaderState, "epoch" | "position">;
  /** Throws unless a state can be loaded, and takes over what `stateAt` gave. */
  load(state: DataLoaderState): void;
}
