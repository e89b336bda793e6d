import { writeWhole } from "@tapegrad/files";
import { expectValue, settleOptions, type ValueRange } from "@tapegrad/tensor/internal";
import { encode } from "./encode-keras-weights.ts";
import { type FlattenedOption, flattenedRow, moduleRange } from "./options.ts";
import type { LayeredModule } from "./places.ts";

const paths: ValueRange<string> = {
  text: "to end in .weights.h5 or .npz",
  has: (value): value is string => typeof value === "string" && /\.(?:weights\.h5|npz)$/.test(value),
};

/**
 * Writes the weights of a model into a file of Keras: `encodeKerasWeights` says how. The file is there as a whole or, when the
 * program is killed or the disk is full, as it was before.
 *
 * @param path ends in `.weights.h5`, as `model.load_weights` wants it, or in `.npz`; its folder is made
 * @throws {ValueError} where there are no files, when writing fails, and as `encodeKerasWeights`
 * @throws {ShapeError} as `encodeKerasWeights`
 * @example
 * await saveKerasWeights("digits.weights.h5", net);
 */
export async function saveKerasWeights(
  path: string,
  module: LayeredModule,
  options: FlattenedOption = {},
): Promise<void> {
  const fn = "saveKerasWeights";
  const { flattened } = settleOptions(fn, options, flattenedRow);
  expectValue(fn, "path", path, paths);
  expectValue(fn, "module", module, moduleRange);
  writeWhole(fn, path, await encode(fn, module, path.endsWith(".npz") ? "npz" : "h5", flattened));
}
