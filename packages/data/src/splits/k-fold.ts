import { ValueError } from "@tapegrad/tensor";
import { expectValue, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { type Dataset, expectDataset } from "../dataset.ts";
import { freshSeed, seedOption } from "../samplers/fresh-seed.ts";
import { Subset } from "../subset.ts";
import { type Bonds, keysOption, partCounts, partition } from "./partition.ts";

/** Options of {@link kFold}. */
export interface KFoldOptions extends Bonds {
  /** The same seed gives the same folds. Drawn from the default generator if absent. */
  readonly seed?: number | undefined;
}

const table: OptionTable<KFoldOptions> = { seed: seedOption, stratify: keysOption, groups: keysOption };

/**
 * Divides a data set at random into `folds` parts of the same size, to within one sample, and gives for each of them the
 * rest to train on and the part to validate on.
 *
 * With `stratify`, each part has its share of each class to within one sample; with `groups`, whole groups.
 *
 * @param dataset at least as many samples as folds
 * @param folds how many parts, at least 2
 * @throws {ValueError} if there are fewer samples, or fewer groups, than folds, or classes or groups are not one for each
 *   sample
 * @example
 * const folds = kFold(new TensorDataset(arange(10)), 5, { seed: 0 });
 * folds.map(([train, validation]) => [train.length, validation.length])[0]; // => [8, 2]
 */
export function kFold<Sample>(
  dataset: Dataset<Sample>,
  folds: number,
  options: KFoldOptions = {},
): [train: Subset<Sample>, validation: Subset<Sample>][] {
  const { seed = freshSeed(), ...bonds } = settleOptions("kFold", options, table);
  expectDataset("kFold", dataset);
  expectValue("kFold", "folds", folds, ranges.whole(2));
  const { length } = dataset;
  if (length < folds)
    throw new ValueError(`kFold: expected at least ${folds} samples for as many folds, got ${length}.`);
  const counts = partCounts("kFold", Array<number>(folds).fill(1 / folds), length);
  const parts = partition("kFold", length, counts, seed, bonds);
  return parts.map((validation) => {
    const rest = parts.flatMap((part) => (part === validation ? [] : Array.from(part)));
    return [new Subset(dataset, rest), new Subset(dataset, validation)];
  });
}
