import type { DataLoaderState, LoaderKind } from "./loader-state.ts";

/** What of the state of a loader is about its order. */
export type OrderState = Pick<DataLoaderState, "samples" | "batchSize" | "dropLast" | "sampler" | "rest">;

/** The batches of an epoch. */
export interface DrawnOrder {
  /** How many there are. */
  readonly length: number;
  /** The indices of one of them. */
  readonly at: (position: number) => Int32Array;
}

/** Which samples make the batches of each epoch. */
export interface EpochOrder {
  /** How many batches epoch `epoch` has. */
  lengthOf(epoch: number): number;
  /** Throws if there would be no batch. */
  expectBatches(): void;
  /** Draws the order of an epoch of which batch `start` comes next, if it is not that which was drawn last. */
  drawn(epoch: number, start: number): DrawnOrder;
  /** What a loader of this order needs to go on at batch `position`. */
  stateAt(epoch: number, position: number): OrderState;
  /** What states have to be of. */
  kind(): LoaderKind;
  /** Takes over what `stateAt` gave, which is of this kind; what is still to come is checked before anything changes. */
  load(state: DataLoaderState): void;
}
