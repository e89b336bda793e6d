import { expectValue, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { type Dataset, expectDataset } from "../dataset.ts";
import { freshSeed, seedOption } from "../samplers/fresh-seed.ts";
import { Subset } from "../subset.ts";
import { type Bonds, keysOption, partCounts, partition } from "./partition.ts";

/** Options of {@link randomSplit}. */
export interface RandomSplitOptions extends Bonds {
  /** The same seed gives the same split. Drawn from the default generator if absent. */
  readonly seed?: number | undefined;
}

const table: OptionTable<RandomSplitOptions> = { seed: seedOption, stratify: keysOption, groups: keysOption };

/** A list of as many values as `Parts` has entries. */
type PerPart<Parts extends readonly number[], Value> = { -readonly [Key in keyof Parts]: Value };

/**
 * Divides a data set at random into parts that do not overlap and have every sample.
 *
 * Each part gets `floor(fraction · N)` samples, and samples left over go one each to the first parts. With `stratify`, it
 * gets its share of each class to within one sample; with `groups`, whole groups, and is over its share by less than its
 * largest group.
 *
 * @param dataset N samples
 * @param parts fractions that add up to 1, or whole counts that add up to N
 * @throws {ValueError} if the parts do not add up, classes or groups are not one for each sample, or there are fewer
 *   groups than parts
 * @example
 * const dataset = new TensorDataset(arange(10));
 * const [train, test] = randomSplit(dataset, [0.8, 0.2], { seed: 0 });
 * [train.length, test.length]; // => [8, 2]
 * const labels = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1];
 * const [, rare] = randomSplit(dataset, [0.5, 0.5], { seed: 0, stratify: labels });
 * Array.from(rare.indices, (index) => labels[index]).toSorted(); // => [0, 0, 0, 0, 1]
 */
export function randomSplit<Sample, const Parts extends readonly number[]>(
  dataset: Dataset<Sample>,
  parts: Parts,
  options: RandomSplitOptions = {},
): PerPart<Parts, Subset<Sample>> {
  const { seed = freshSeed(), ...bonds } = settleOptions("randomSplit", options, table);
  expectDataset("randomSplit", dataset);
  expectValue("randomSplit", "parts", parts, ranges.listOf(ranges.nonNegative));
  const counts = partCounts("randomSplit", parts, dataset.length);
  const subsets = partition("randomSplit", dataset.length, counts, seed, bonds).map(
    (indices) => new Subset(dataset, indices),
  );
  return subsets as PerPart<Parts, Subset<Sample>>;
}
