import type { ValueRange } from "@tapegrad/tensor/internal";

/**
 * Which samples make which batches: a batch sampler of one's own, such as one that puts sequences of like length together.
 *
 * What {@link BatchOrder.batches} gives should follow from the epoch and from the state, as the order of a `Sampler` does.
 *
 * @example
 * const pairs: BatchOrder = { length: 2, batches: (epoch) => (epoch % 2 === 0 ? [[0, 1], [2]] : [[2], [0, 1]]) };
 */
export interface BatchOrder {
  /** How many batches an epoch has. */
  readonly length: number;
  /** The indices of each batch of epoch `epoch` = 0, 1, 2, ... */
  batches(epoch: number): Iterable<ArrayLike<number>>;
  /** What the batches depend on besides the epoch, as plain JSON values. */
  stateDict?(): object;
  /** Takes over what `stateDict` returned. All is checked before anything changes. */
  loadStateDict?(state: never): unknown;
}

/** The same batches in every epoch, or whatever walking through them anew gives; `length` is how many. */
export type BatchList = Iterable<ArrayLike<number>> & { readonly length: number };

/** Whatever has a length and batches. */
export const batchOrderRange: ValueRange<BatchOrder | BatchList> = {
  text: "to be lists of indices, or an object with length and batches(epoch)",
  has: (value): value is BatchOrder | BatchList =>
    typeof value === "object" &&
    value !== null &&
    Number.isSafeInteger((value as Partial<BatchList>).length) &&
    (typeof (value as Partial<BatchOrder>).batches === "function" || Symbol.iterator in value),
};

/** Lists of indices as an order. */
export function batchOrderOf(given: BatchOrder | BatchList): BatchOrder {
  return "batches" in given ? given : { length: given.length, batches: () => given };
}
