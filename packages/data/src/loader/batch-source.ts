import type { DataLoaderState } from "./loader-state.ts";

/** Where the batches of a loader come from. */
export interface BatchSource<Batch> {
  /** How many batches an epoch has; undefined if nobody knows. */
  readonly length: number | undefined;
  /** Throws if it is no longer what it was when the loader was made. */
  expectUnchanged(): void;
  /** The batches of an epoch from batch `start` on, or promises of them. */
  now(epoch: number, start: number): Iterable<Batch | Promise<Batch>>;
  /** The same, waited for. */
  later(epoch: number, start: number): AsyncIterable<Batch>;
  /** What of the state of the loader is not where it stands. */
  stateAt(epoch: number, position: number): Omit<DataLoaderState, "epoch" | "position">;
  /** Throws unless a state can be loaded, and takes over what `stateAt` gave. */
  load(state: DataLoaderState, own: DataLoaderState): void;
}
