import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import type { LabelledData } from "../labelled-data.ts";
import { type GeneratorOptions, generatorTable } from "./generator-options.ts";
import { sampleClasses } from "./sample-classes.ts";

/** Options of {@link gaussians}. */
export interface GaussiansOptions extends GeneratorOptions {
  /** How many clouds there are, each a class; 2 if absent. */
  readonly classes?: number;
  /** How many coordinates a point has, at least 2; 2 if absent. */
  readonly features?: number;
}

const table: OptionTable<GaussiansOptions> = {
  classes: option(ranges.count, 2),
  features: option(ranges.whole(2), 2),
  ...generatorTable(0.3),
};

/**
 * Round clouds of points around centres that are evenly spaced on the unit circle.
 *
 * The centre of class `c` is `(cos 2πc/classes, sin 2πc/classes, 0, ...)`; `noise` is the standard deviation of the
 * clouds (0.3 by default). Sample `i` is of class `i mod classes`.
 *
 * @param samples how many points in all
 * @returns x float32 `[samples, features]`, y int32 `[samples]`
 * @throws {ValueError} if a number is out of range or an option is unknown
 * @example
 * gaussians(90, { classes: 3, features: 10 }).x.shape; // => [90, 10]
 */
export function gaussians(samples: number = 200, options: GaussiansOptions = {}): LabelledData {
  const settled = settleOptions("gaussians", options, table);
  const { classes } = settled;
  return sampleClasses("gaussians", samples, {
    ...settled,
    place(label, _position, _uniform, point) {
      const angle = (2 * Math.PI * label) / classes;
      point[0] = Math.cos(angle);
      point[1] = Math.sin(angle);
    },
  });
}
