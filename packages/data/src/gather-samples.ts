import { collate } from "./collate.ts";
import type { Collated, Dataset } from "./dataset.ts";

/** One batch of the samples at `indices`: copied at once where the data set can do so, otherwise collated one by one. */
export function gatherSamples<Sample>(dataset: Dataset<Sample>, indices: Int32Array): Collated<Sample> {
  if (dataset.gather !== undefined) return dataset.gather(indices);
  return collate(Array.from(indices, (index) => dataset.get(index)));
}
