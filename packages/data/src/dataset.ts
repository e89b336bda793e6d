import type { Tensor, TypedArray } from "@tapegrad/tensor";
import { expectValue, type ValueRange } from "@tapegrad/tensor/internal";

/**
 * What a batch of samples looks like: every tensor, typed array, number or boolean of a sample becomes one tensor with the batch
 * axis in front, strings become a list, and tuples and records keep their form. Promises are waited for.
 */
export type Collated<Sample> =
  Sample extends PromiseLike<infer Later>
    ? Collated<Later>
    : Sample extends Tensor | TypedArray | number | boolean
      ? Tensor
      : Sample extends string
        ? string[]
        : Sample extends readonly unknown[]
          ? { -readonly [Key in keyof Sample]: Collated<Sample[Key]> }
          : Sample extends object
            ? { -readonly [Key in keyof Sample]: Collated<Sample[Key]> }
            : Sample[];

/**
 * A finite list of samples that can be read in any order.
 *
 * Anything with `length` and `get` is a data set. One that can also copy many samples at once offers `gather`, and
 * loaders then call it instead of collating single samples. `get` may return promises, as for samples that are read from
 * files: `for await` reads such a loader.
 *
 * @example
 * const squares: Dataset<number> = { length: 4, get: (index) => index * index };
 * squares.get(3); // => 9
 */
export interface Dataset<Sample> {
  /** How many samples there are. */
  readonly length: number;
  /**
   * The sample at `index`, which is at least 0 and less than `length`. Loaders say which epoch it is read for, from 0, so
   * that what is random about it can follow from a seed, the epoch and the index alone.
   */
  get(index: number, epoch?: number): Sample;
  /** The samples at `indices`, already collated into one batch. */
  gather?(indices: Int32Array, epoch?: number): Collated<Sample> | Promise<Collated<Sample>>;
}

/** Whether something has `length` and `get`. */
export function isDataset(value: unknown): value is Dataset<unknown> {
  const { length, get } = (value ?? {}) as Partial<Dataset<unknown>>;
  return typeof length === "number" && typeof get === "function";
}

const datasetRange: ValueRange<Dataset<unknown>> = { text: "to have length and get(index)", has: isDataset };

/**
 * Throws unless something is a data set.
 *
 * @throws {ValueError} `DataLoader: expected dataset to have length and get(index), got [1, 2, 3].`
 */
export function expectDataset(fn: string, dataset: unknown): void {
  expectValue(fn, "dataset", dataset, datasetRange);
}
