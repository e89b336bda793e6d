import { expectNothing, expectFunction } from "@tapegrad/tensor/internal";
import { type Dataset, expectDataset } from "./dataset.ts";
import { isPromise } from "./is-promise.ts";

/**
 * A data set whose samples are those of another, each passed through a function when it is read.
 *
 * For whole tensors it is faster to transform them once, before making a `TensorDataset`.
 *
 * @param dataset where the samples come from
 * @param transform called with the sample, its index and the epoch at every reading; promised samples are waited for
 * @example
 * const numbers: Dataset<number> = { length: 3, get: (index) => index };
 * map(numbers, (value) => value * 10).get(2); // => 20
 */
export function map<Sample, Mapped>(
  dataset: Dataset<Sample>,
  transform: (sample: Awaited<Sample>, index: number, epoch: number) => Mapped,
  ...none: []
): Dataset<Sample extends PromiseLike<unknown> ? Promise<Awaited<Mapped>> : Mapped> {
  type Result = Sample extends PromiseLike<unknown> ? Promise<Awaited<Mapped>> : Mapped;
  expectNothing("map", none);
  expectDataset("map", dataset);
  expectFunction("map", "transform", transform);
  return {
    get length() {
      return dataset.length;
    },
    get(index, epoch = 0) {
      const sample = dataset.get(index, epoch);
      const mapped = isPromise(sample)
        ? sample.then((each) => transform(each as Awaited<Sample>, index, epoch))
        : transform(sample as Awaited<Sample>, index, epoch);
      return mapped as Result;
    },
  };
}
