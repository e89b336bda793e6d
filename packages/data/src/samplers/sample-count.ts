import { expectValue, ranges, type ValueRange } from "@tapegrad/tensor/internal";

/** How many samples there are: a number, or what has a length that is asked at each epoch, such as a data set that grows. */
export type SampleCount = number | { readonly length: number };

const countRange: ValueRange<SampleCount> = {
  text: "to be a whole number ≥ 0, or to have a length",
  has: (value): value is SampleCount =>
    ranges.whole(0).has(value) ||
    (typeof value === "object" && value !== null && "length" in value && ranges.whole(0).has(value.length)),
};

/**
 * Gives what reads how many samples there are.
 *
 * @throws {ValueError} `RandomSampler: expected length to be a whole number ≥ 0, or to have a length, got -1.`
 */
export function countReader(fn: string, given: SampleCount): () => number {
  expectValue(fn, "length", given, countRange);
  return typeof given === "number" ? () => given : () => given.length;
}
