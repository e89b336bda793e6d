import { ValueError } from "@tapegrad/tensor";
import { expectValue, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { type Dataset, expectDataset } from "../dataset.ts";
import { permutation } from "../samplers/permutation.ts";
import { freshSeed, seedOption } from "../samplers/fresh-seed.ts";
import { Subset } from "../subset.ts";

/** Options of {@link randomSplit}. */
export interface RandomSplitOptions {
  /** The same seed gives the same split. Drawn from the default generator if absent. */
  readonly seed?: number | undefined;
}

const table: OptionTable<RandomSplitOptions> = { seed: seedOption };

/** A list of as many values as `Parts` has entries. */
type PerPart<Parts extends readonly number[], Value> = { -readonly [Key in keyof Parts]: Value };

/**
 * Divides a data set at random into parts that do not overlap.
 *
 * Each part gets `floor(fraction · N)` samples, and samples left over go one each to the first parts.
 *
 * @param dataset N samples
 * @param parts fractions that add up to 1, or whole counts that add up to N
 * @throws {ValueError} if the parts do not add up
 * @example
 * const [train, test] = randomSplit(new TensorDataset(arange(10)), [0.8, 0.2], { seed: 0 });
 * [train.length, test.length]; // => [8, 2]
 */
export function randomSplit<Sample, const Parts extends readonly number[]>(
  dataset: Dataset<Sample>,
  parts: Parts,
  options: RandomSplitOptions = {},
): PerPart<Parts, Subset<Sample>> {
  const { seed = freshSeed() } = settleOptions("randomSplit", options, table);
  expectDataset("randomSplit", dataset);
  const counts = partCounts(parts, dataset.length);
  const order = permutation(dataset.length, seed, "split", 0);
  let start = 0;
  const subsets = counts.map((count) => {
    const indices = order.subarray(start, start + count);
    start += count;
    return new Subset(dataset, indices);
  });
  return subsets as PerPart<Parts, Subset<Sample>>;
}

function partCounts(parts: readonly number[], length: number): number[] {
  expectValue("randomSplit", "parts", parts, ranges.listOf(ranges.nonNegative));
  if (parts.length === 0) throw new ValueError("randomSplit: expected at least one part, got none.");
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (parts.every(Number.isInteger) && total === length) return [...parts];
  if (Math.abs(total - 1) > 1e-9) {
    throw new ValueError(
      `randomSplit: expected fractions that add up to 1 or counts that add up to ${length}, got ${parts.join(" + ")}.`,
    );
  }
  // 0.29 · 100 is 28.999999999999996 in binary floating point: the small addend keeps such a part whole.
  const counts = parts.map((fraction) => Math.floor(fraction * length + 1e-9));
  let left = length - counts.reduce((sum, count) => sum + count, 0);
  for (let part = 0; left > 0; part = (part + 1) % counts.length) {
    counts[part] = (counts[part] ?? 0) + 1;
    left--;
  }
  return counts;
}
