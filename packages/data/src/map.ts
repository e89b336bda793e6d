import type { Dataset } from "./dataset.ts";

/**
 * A data set whose samples are those of another, each passed through a function when it is read.
 *
 * For whole tensors it is faster to transform them once, before making a {@link TensorDataset}.
 *
 * @param dataset where the samples come from
 * @param transform called with the sample and its index at every reading
 * @example
 * const numbers: Dataset<number> = { length: 3, get: (index) => index };
 * map(numbers, (value) => value * 10).get(2); // => 20
 */
export function map<Sample, Mapped>(
  dataset: Dataset<Sample>,
  transform: (sample: Sample, index: number) => Mapped,
): Dataset<Mapped> {
  return { length: dataset.length, get: (index) => transform(dataset.get(index), index) };
}
