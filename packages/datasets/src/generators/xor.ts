import { settleOptions } from "@tapegrad/tensor/internal";
import type { LabelledData } from "../labelled-data.ts";
import { type GeneratorOptions, generatorTable } from "./generator-options.ts";
import { sampleClasses } from "./sample-classes.ts";

const table = generatorTable(0);

/**
 * Points of the square −1..1: class 0 where both coordinates have the same sign, class 1 where they differ.
 *
 * Points keep a distance of 0.05 from the axes before noise (0 by default) is added. Sample `i` is of class `i mod 2`.
 *
 * @param samples how many points in all
 * @returns x float32 `[samples, 2]`, y int32 `[samples]`
 * @throws {ValueError} if a number is out of range or an option is unknown
 * @example
 * xor(50, { seed: 3 }).x.shape; // => [50, 2]
 */
export function xor(samples: number = 200, options: GeneratorOptions = {}): LabelledData {
  const margin = 0.05;
  return sampleClasses("xor", samples, {
    ...settleOptions("xor", options, table),
    uniforms: 3,
    place(label, _position, uniform, point) {
      const side = uniform[2]! < 0.5 ? -1 : 1;
      point[0] = side * (margin + (1 - margin) * uniform[0]!);
      point[1] = (label === 0 ? side : -side) * (margin + (1 - margin) * uniform[1]!);
    },
  });
}
