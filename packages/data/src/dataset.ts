import type { Tensor } from "@tapegrad/tensor";

/**
 * What a batch of samples looks like: every tensor, number or boolean of a sample becomes one tensor with the batch
 * axis in front, strings become a list, and tuples and records keep their form.
 */
export type Collated<Sample> = Sample extends Tensor | number | boolean
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
 * loaders then call it instead of collating single samples.
 *
 * @example
 * const squares: Dataset<number> = { length: 4, get: (index) => index * index };
 * squares.get(3); // => 9
 */
export interface Dataset<Sample> {
  /** How many samples there are. */
  readonly length: number;
  /** The sample at `index`, which is at least 0 and less than `length`. */
  get(index: number): Sample;
  /** The samples at `indices`, already collated into one batch. */
  gather?(indices: Int32Array): Collated<Sample>;
}
