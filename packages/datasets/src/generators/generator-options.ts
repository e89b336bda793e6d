import { option, type OptionTable, ranges } from "@tapegrad/tensor/internal";

/** Options that every generator has. */
export interface GeneratorOptions {
  /** Standard deviation of the normal noise that is added to each coordinate. */
  readonly noise?: number;
  /** The same seed gives the same samples; 0 if absent. */
  readonly seed?: number;
}

/** The rows of those options, with the noise of a generator unless given. */
export function generatorTable(noise: number): OptionTable<GeneratorOptions> {
  return { noise: option(ranges.nonNegative, noise), seed: option(ranges.whole(0), 0) };
}
