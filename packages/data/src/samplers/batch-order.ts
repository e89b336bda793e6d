import { ValueError } from "@tapegrad/tensor";
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

/**
 * The same batches in every epoch, or whatever walking through them anew gives, which has to end. `length` says how many,
 * if there is one.
 */
export type BatchList = Iterable<ArrayLike<number>> & { readonly length?: number };

/** Whatever has a length and batches, or is walked through. */
export const batchOrderRange: ValueRange<BatchOrder | BatchList> = {
  text: "to be lists of indices, or an object with length and batches(epoch)",
  has: (value): value is BatchOrder | BatchList =>
    typeof value === "object" &&
    value !== null &&
    (Symbol.iterator in value ||
      (Number.isSafeInteger((value as Partial<BatchOrder>).length) &&
        typeof (value as Partial<BatchOrder>).batches === "function")),
};

/** A batch sampler whose length nobody may know. */
export type KnownBatches = Omit<BatchOrder, "length"> & { readonly length: number | undefined };

/**
 * Lists of indices as an order.
 *
 * @throws {ValueError} by `batches`, if they can be walked through only once and have been
 */
export function batchOrderOf(given: BatchOrder | BatchList): KnownBatches {
  if ("batches" in given) return given;
  let isRead = false;
  return {
    get length() {
      return given.length;
    },
    batches() {
      if (isRead && "next" in given) {
        throw new ValueError(
          "DataLoader: expected a batchSampler that can be walked through again, got a generator that has been." +
            " Pass lists, or an object with length and batches(epoch).",
        );
      }
      isRead = true;
      return given;
    },
  };
}
