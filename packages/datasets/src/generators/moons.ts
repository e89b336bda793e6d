import { settleOptions } from "@tapegrad/tensor/internal";
import type { LabelledData } from "../labelled-data.ts";
import { type GeneratorOptions, generatorTable } from "./generator-options.ts";
import { sampleClasses } from "./sample-classes.ts";

const table = generatorTable(0.1);

/**
 * Two half circles that reach into each other.
 *
 * At position `t` in 0..1, class 0 is `(cos πt, sin πt)` and class 1 is `(1 − cos πt, ½ − sin πt)`, plus noise (0.1 by
 * default). Sample `i` is of class `i mod 2`.
 *
 * @param samples how many points in all
 * @returns x float32 `[samples, 2]`, y int32 `[samples]`
 * @throws {ValueError} if a number is out of range or an option is unknown
 * @example
 * moons(4, { noise: 0 }).y.toArray(); // => [0, 1, 0, 1]
 */
export function moons(samples: number = 200, options: GeneratorOptions = {}): LabelledData {
  return sampleClasses("moons", samples, {
    ...settleOptions("moons", options, table),
    place(label, position, _uniform, point) {
      const angle = Math.PI * position;
      point[0] = label === 0 ? Math.cos(angle) : 1 - Math.cos(angle);
      point[1] = label === 0 ? Math.sin(angle) : 0.5 - Math.sin(angle);
    },
  });
}
