import { ValueError } from "@tapegrad/tensor";
import type { Collated, Dataset } from "./dataset.ts";
import { gatherSamples } from "./gather-samples.ts";

/**
 * All samples of a data set as one batch, in their order.
 *
 * @param dataset at least one sample
 * @throws {ValueError} if the data set is empty
 * @example
 * const [train] = randomSplit(new TensorDataset(tensor([1, 2, 3, 4])), [0.5, 0.5], { seed: 0 });
 * const [x] = collect(train);
 * x.shape; // => [2]
 */
export function collect<Sample>(dataset: Dataset<Sample>): Collated<Sample> {
  if (dataset.length === 0) throw new ValueError("collect: expected at least one sample, got an empty data set.");
  return gatherSamples(
    dataset,
    Int32Array.from({ length: dataset.length }, (_, index) => index),
  );
}
