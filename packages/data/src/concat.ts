import { ValueError } from "@tapegrad/tensor";
import { checkIndex } from "./check-index.ts";
import type { Dataset } from "./dataset.ts";

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
  let length = 0;
  const starts = datasets.map((dataset) => {
    const start = length;
    length += dataset.length;
    return start;
  });
  return {
    length,
    get(index: number): Sample {
      checkIndex("concat.get", index, length);
      const which = starts.findLastIndex((start) => start <= index);
      return datasets[which]!.get(index - starts[which]!);
    },
  };
}
