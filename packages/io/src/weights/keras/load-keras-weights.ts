import { readBounded } from "@tapegrad/files";
import { FormatError } from "@tapegrad/tensor";
import { expectValue, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { isHdf5, readHdf5 } from "../hdf5/hdf5-file.ts";
import { hdf5Source } from "./hdf5-source.ts";
import type { KerasSource } from "./keras-source.ts";
import { type KerasReport, loadPlaces } from "./load-places.ts";
import { type LoadKerasWeightsOptions, loadTable, moduleRange } from "./options.ts";
import { type LayeredModule, placesOf } from "./places.ts";

const fn = "loadKerasWeights";
const sources = ranges.either({ ...ranges.text, text: "to be a path" }, ranges.instanceOf(Uint8Array));

/**
 * Takes the weights that Keras saved into a model of the same layers: the first Dense here gets those of the first dense
 * there, whatever stands between them. Kernels are turned, and gates of recurrent layers put into the order that they have
 * here; which layers there are, the README says. A layer behind flattened images needs the option `flattened`.
 *
 * | file                          | written by                                          | layers                 |
 * | ----------------------------- | --------------------------------------------------- | ---------------------- |
 * | `.weights.h5`, `.keras`       | Keras 3: `model.save_weights(...)`, `model.save(...)` | by class and number  |
 * | `.h5`                         | Keras 2, of weights or of a whole model             | in the model's order   |
 * | `.npz`                        | `np.savez("w.npz", *model.get_weights())`           | in the model's order   |
 *
 * HDF5, which all but the last are, is read by the package h5wasm, an optional peer: `npm install h5wasm`. What a file says of
 * code or of architecture is not looked at.
 *
 * @param source path or bytes of the file
 * @param module gets the weights; of whatever dtype, they become that of its parameters. Counters of batches stay
 * @returns keys without weights, and weights without a place, which there can be if `strict` is false
 * @throws {ShapeError} when a variable is of another shape than Keras has for the layer here, which is named; nothing has
 * changed then, as after all other errors
 * @throws {ValueError} if `strict`, for what is missing or too much; when h5wasm is not installed; if there is no such file
 * @throws {DTypeError} for elements other than floats, such as those of quantized layers
 * @throws {FormatError} for a file that is none of Keras, is damaged, or too large
 * @example
 * const net = new Sequential(new Dense(2, 3), new BatchNorm(3, presets.keras.batchNorm), new Dense(3, 1));
 * const file = await encodeKerasWeights(net, { format: "npz" });
 * await loadKerasWeights(file, net); // => { missing: [], unexpected: [] }
 */
export async function loadKerasWeights(
  source: string | Uint8Array,
  module: LayeredModule,
  options: LoadKerasWeightsOptions = {},
): Promise<KerasReport> {
  const { strict, layers, flattened, maxBytes } = settleOptions(fn, options, loadTable);
  expectValue(fn, "source", source, sources);
  expectValue(fn, "module", module, moduleRange);
  const places = placesOf(fn, module, flattened);
  const bytes = typeof source === "string" ? readBounded(fn, source, maxBytes) : source;
  if (bytes.length > maxBytes)
    throw new FormatError(`${fn}: expected at most ${maxBytes} bytes, got ${bytes.length}. See the option maxBytes.`);
  const load = (from: KerasSource): KerasReport => loadPlaces(fn, module, places, from, strict);
  if (isHdf5(bytes)) return readHdf5(fn, bytes, (file, h5) => load(hdf5Source({ fn, h5 }, file, layers)));
  throw new FormatError(`${fn}: expected a file of HDF5 or NumPy, got ${bytes.length} bytes of something else.`);
}
