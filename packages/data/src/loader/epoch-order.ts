import type { DataLoaderState } from "./loader-state.ts";

/** What of the state of a loader is about its order. */
export type OrderState = Pick<DataLoaderState, "samples" | "batchSize" | "dropLast" | "sampler" | "rest">;

/** The indices of a batch of an epoch. */
export type IndicesAt = (position: number) => Int32Array;

/** Which samples make the batches of each epoch. */
export interface EpochOrder {
  /** How many batches an epoch has. */
  readonly length: number;
  /** Draws the order of an epoch, if it is not that which was drawn last: gives the indices of each batch by its position. */
  drawn(epoch: number): IndicesAt;
  /** What a loader of this order needs to go on at batch `position`. */
  stateAt(epoch: number, position: number): OrderState;
  /** Takes over what `stateAt` gave; what is still to come is checked before anything changes. */
  load(state: DataLoaderState): void;
}
