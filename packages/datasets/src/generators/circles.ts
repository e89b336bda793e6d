import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import type { LabelledData } from "../labelled-data.ts";
import { type GeneratorOptions, generatorTable } from "./generator-options.ts";
import { sampleClasses } from "./sample-classes.ts";

/** Options of {@link circles}. */
export interface CirclesOptions extends GeneratorOptions {
  /** Radius of the inner circle, from 0 to 1; 0.5 if absent. */
  readonly factor?: number;
}

const table: OptionTable<CirclesOptions> = { factor: option(ranges.unit, 0.5), ...generatorTable(0.05) };

/**
 * A circle of radius 1 (class 0) around a smaller one (class 1).
 *
 * Angles are uniform at random; noise is 0.05 by default. Sample `i` is of class `i mod 2`.
 *
 * @param samples how many points in all
 * @returns x float32 `[samples, 2]`, y int32 `[samples]`
 * @throws {ValueError} if a number is out of range or an option is unknown
 * @example
 * circles(100, { factor: 0.3 }).classes.length; // => 2
 */
export function circles(samples: number = 200, options: CirclesOptions = {}): LabelledData {
  const settled = settleOptions("circles", options, table);
  const { factor } = settled;
  return sampleClasses("circles", samples, {
    ...settled,
    uniforms: 1,
    place(label, _position, uniform, point) {
      const angle = 2 * Math.PI * uniform[0]!;
      const radius = label === 0 ? 1 : factor;
      point[0] = radius * Math.cos(angle);
      point[1] = radius * Math.sin(angle);
    },
  });
}
