/**
 * A stream of samples of a length that nobody knows: lines of a log, rows of a file that is too large, samples that are
 * made up.
 *
 * Each epoch is read anew from its start. A loader that resumes in the middle of one reads it again and leaves out what
 * it has read before, so that samples must follow from the epoch.
 *
 * @example
 * const dice: IterableDataset<number> = {
 *   *samples(epoch) {
 *     for (let i = 0; i < 5; i++) yield (i + epoch) % 6;
 *   },
 * };
 * Array.from(new DataLoader(dice, { batchSize: 2 }), (batch) => batch.toArray()); // => [[0, 1], [2, 3], [4]]
 */
export interface IterableDataset<Sample> {
  /** The samples of epoch `epoch` = 0, 1, 2, ..., which may come later. */
  samples(epoch: number): Iterable<Sample> | AsyncIterable<Sample>;
}

/** Whether something is a stream of samples. */
export function isIterableDataset(value: unknown): value is IterableDataset<unknown> {
  return typeof value === "object" && value !== null && "samples" in value && typeof value.samples === "function";
}
