import { ValueError } from "@tapegrad/tensor";
import { checkIndex } from "./check-index.ts";
import { type Dataset, expectDataset } from "./dataset.ts";

/**
 * Several data sets one after the other, as one, without copying them.
 *
 * @param datasets at least one data set; samples must have the same form
 * @throws {ValueError} if there is no data set
 * @example
 * const both = concat(new TensorDataset(tensor([1, 2])), new TensorDataset(tensor([3])));
 * both.get(2)[0].item(); // => 3
 */
export function concat<Sample>(...datasets: readonly Dataset<Sample>[]): Dataset<Sample> {
  if (datasets.length === 0) throw new ValueError("concat: expected at least one data set, got none.");
  for (const dataset of datasets) expectDataset("concat", dataset);
  return {
    // Summed up at every reading: a data set may grow.
    get length() {
      return datasets.reduce((sum, { length }) => sum + length, 0);
    },
    get(index: number, epoch?: number): Sample {
      checkIndex("concat.get", index, this.length);
      let end = 0;
      const dataset = datasets.find(({ length }) => index < (end += length))!;
      return dataset.get(index - end + dataset.length, epoch);
    },
  };
}
