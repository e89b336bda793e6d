import { ValueError } from "@tapegrad/tensor";
import { expectNothing } from "@tapegrad/tensor/internal";
import { type Collated, type Dataset, expectDataset } from "./dataset.ts";
import { gatherSamples } from "./loader/gather-samples.ts";
import { isPromise } from "./is-promise.ts";

/**
 * All samples of a data set as one batch, in their order.
 *
 * @param dataset at least one sample
 * @throws {ValueError} if the data set is empty, or its samples are promises
 * @example
 * const [train] = randomSplit(new TensorDataset(tensor([1, 2, 3, 4])), [0.5, 0.5], { seed: 0 });
 * const [x] = collect(train);
 * x.shape; // => [2]
 */
export function collect<Sample>(dataset: Dataset<Sample>, ...none: []): Collated<Sample> {
  expectNothing("collect", none);
  expectDataset("collect", dataset);
  if (dataset.length === 0) throw new ValueError("collect: expected at least one sample, got an empty data set.");
  const batch = gatherSamples(
    dataset,
    Int32Array.from({ length: dataset.length }, (_, index) => index),
  );
  if (isPromise(batch)) {
    batch.then(undefined, () => undefined);
    throw new ValueError("collect: expected samples at hand, got promises. Read them with a DataLoader and for await.");
  }
  return batch;
}
