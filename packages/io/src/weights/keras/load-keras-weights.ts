import { ValueError } from "@tapegrad/tensor";
import { expectValue, quoted, settleOptions } from "@tapegrad/tensor/internal";
import { type Source, sourceRange } from "../../sources/open-source.ts";
import type { LayerPaths } from "./layer-groups.ts";
import { type KerasReport, loadPlaces } from "./load-places.ts";
import { type LoadKerasWeightsOptions, loadTable, moduleRange } from "./options.ts";
import { type LayeredModule, placesOf } from "./places.ts";
import { readSource } from "./read-source.ts";

/**
 * Takes the weights that Keras saved into a model of the same layers. Kernels are turned, and the gates of recurrent layers
 * put into the order that they have here; which layer is which, the README says.
 *
 * A file of Keras 3, `.weights.h5` or `.keras`, numbers its layers class by class: the first Dense here gets the weights of the
 * first dense there, whatever stands between them. A file of Keras 2, `.h5` of weights or of a whole model, and an `.npz` of
 * `np.savez("w.npz", *model.get_weights())` have all in the model's order. Nothing of a file but its weights is looked at.
 *
 * @param source a path, an address, a `Blob`, or all of the bytes
 * @param module gets the weights, in the dtype of its parameters; counters of batches stay
 * @returns keys without weights, and weights without a place: none unless `strict` is false
 * @throws {ShapeError} when a variable has another shape than Keras has for the layer here, and when a layer stands behind
 * images that are flattened and `flattened` does not say their extents; after this and any other error nothing has changed
 * @throws {ValueError} for what is missing or too much, unless `strict` is false, and if there is no such file
 * @throws {DTypeError} for elements other than floats, such as those of quantized layers
 * @throws {FormatError} for a file that is none of these, is damaged, or has more than `maxBytes`
 * @example
 * const net = new Sequential(new Dense(2, 3), new BatchNorm(3, presets.keras.batchNorm), new Dense(3, 1));
 * const file = await encodeKerasWeights(net, { format: "npz" });
 * const report = await loadKerasWeights(file, net);
 * report; // => { missing: [], unexpected: [] }
 */
export async function loadKerasWeights(
  source: Source,
  module: LayeredModule,
  options: LoadKerasWeightsOptions = {},
): Promise<KerasReport> {
  const fn = "loadKerasWeights";
  const { strict, flattened, layers = {}, maxBytes } = settleOptions(fn, options, loadTable);
  expectValue(fn, "source", source, sourceRange);
  expectValue(fn, "module", module, moduleRange);
  expectNames(fn, module, layers);
  const places = placesOf(fn, module, flattened);
  return loadPlaces(fn, module, places, await readSource(fn, source, { layers, maxBytes }), strict);
}

/** Throws unless whatever is named is a module. */
function expectNames(fn: string, module: LayeredModule, layers: LayerPaths): void {
  const names = new Set(module.namedModules().map(([name]) => name));
  const other = Object.keys(layers).find((name) => !names.has(name));
  if (other !== undefined)
    throw new ValueError(`${fn}: expected layers to name modules of the model, got ${quoted(other)}.`);
}
