import { ValueError } from "@tapegrad/tensor";
import { expectNoTrace, expectValue, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { writeNpz } from "../../numpy/npz.ts";
import type { Flattened } from "./flattening.ts";
import { missingKeys } from "./missing-keys.ts";
import { type FlattenedOption, flattenedRow, moduleRange } from "./options.ts";
import { type LayeredModule, placesOf } from "./places.ts";
import { writeLayers } from "./write-layers.ts";

/** A format of weights of Keras: of `model.load_weights`, or of `model.set_weights`. */
export type KerasFormat = "h5" | "npz";

/** Options of {@link encodeKerasWeights}. */
export interface EncodeKerasWeightsOptions extends FlattenedOption {
  /** "h5" is the `.weights.h5` of Keras 3, "npz" a file of NumPy; "h5" unless given. */
  readonly format?: KerasFormat;
}

const table: OptionTable<EncodeKerasWeightsOptions> = {
  format: option(ranges.oneOf("h5", "npz"), "h5"),
  ...flattenedRow,
};

/**
 * Writes the weights of a model as Keras has them: the way back from `loadKerasWeights`.
 *
 * As "h5" they are a file that Keras 3 reads by `model.load_weights("x.weights.h5")` into a model of the same layers. As "npz" they are the arrays of `get_weights()` in their order, which every Keras reads:
 * `model.set_weights(list(np.load("x.npz").values()))`. A filter that sees one channel each becomes one of a depthwise
 * convolution; of the two biases of a recurrent layer Keras has the sum.
 *
 * @throws {ValueError} for parameters that no layer of Keras has, and for more bytes than a file or an array has room for
 * @throws {ShapeError} when a layer stands behind images that are flattened and `flattened` does not say their extents
 * @throws {CompileError} while a function is traced
 * @example
 * const bytes = await encodeKerasWeights(new Dense(2, 3), { format: "npz" });
 * Object.values(decodeNpz(bytes)).map((x) => x.shape); // => [[2, 3], [3]]
 */
export async function encodeKerasWeights(
  module: LayeredModule,
  options: EncodeKerasWeightsOptions = {},
): Promise<Uint8Array> {
  const fn = "encodeKerasWeights";
  const { format, flattened } = settleOptions(fn, options, table);
  expectValue(fn, "module", module, moduleRange);
  return encode(fn, module, format, flattened);
}

/** {@link encodeKerasWeights} on behalf of another function. All tensors are read before the first wait. */
export async function encode(
  fn: string,
  module: LayeredModule,
  format: KerasFormat,
  flattened: Flattened | undefined,
): Promise<Uint8Array> {
  expectNoTrace(fn, "Return from the compiled function and write afterwards.");
  const assigned = placesOf(fn, module, flattened).map((place) => ({ place, layer: place.choices[0] }));
  const missing = missingKeys(module, assigned);
  if (missing.length > 0)
    throw new ValueError(`${fn}: expected parameters of layers that Keras has too, got others: ${missing.join(", ")}.`);
  const layers = assigned.map(({ layer }) => layer);
  if (format === "npz") {
    const arrays = layers.flatMap(({ variables }) => Object.values(variables));
    return writeNpz(fn, Object.fromEntries(arrays.map((x, i) => [`arr_${i}`, x])), { compress: false });
  }
  return writeLayers(fn, layers);
}
