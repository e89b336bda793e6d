import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import type { LabelledData } from "../labelled-data.ts";
import { type GeneratorOptions, generatorTable } from "./generator-options.ts";
import { sampleClasses } from "./sample-classes.ts";

/** Options of {@link spirals}. */
export interface SpiralsOptions extends GeneratorOptions {
  /** How many arms there are, each a class; 2 if absent. */
  readonly classes?: number;
  /** How often each arm winds around the centre; 1 if absent. */
  readonly turns?: number;
}

const table: OptionTable<SpiralsOptions> = {
  classes: option(ranges.count, 2),
  turns: option(ranges.nonNegative, 1),
  ...generatorTable(0.02),
};

/**
 * Interleaved spiral arms from the centre to radius 1, one for each class.
 *
 * Arm `c` at position `t` in 0..1 is `t · (sin φ, cos φ)` with `φ = 2π (turns · t + c / classes)`, plus noise (0.02 by
 * default). Sample `i` is of class `i mod classes`.
 *
 * @param samples how many points in all
 * @returns x float32 `[samples, 2]`, y int32 `[samples]`
 * @throws {ValueError} if a number is out of range or an option is unknown
 * @example
 * spirals(300, { classes: 3, seed: 1 }).x.shape; // => [300, 2]
 */
export function spirals(samples: number = 300, options: SpiralsOptions = {}): LabelledData {
  const settled = settleOptions("spirals", options, table);
  const { classes, turns } = settled;
  return sampleClasses("spirals", samples, {
    ...settled,
    place(label, position, _uniform, point) {
      const angle = 2 * Math.PI * (turns * position + label / classes);
      point[0] = position * Math.sin(angle);
      point[1] = position * Math.cos(angle);
    },
  });
}
