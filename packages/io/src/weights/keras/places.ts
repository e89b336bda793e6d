import { ValueError } from "@tapegrad/tensor";
import { describedLayer } from "./described-layer.ts";
import { type Flattened, Flattening } from "./flattening.ts";
import type { KerasLayer, LayerHere, Tensors } from "./keras-layer.ts";
import { ruleOf } from "./keras-layers.ts";

/** A model of layers: what is needed of a `Module` of `@tapegrad/nn`. */
export interface LayeredModule {
  /** It and all modules inside with their dotted names, parents first. */
  namedModules(): readonly (readonly [name: string, module: object])[];
  /** Parameters and buffers by key. */
  stateDict(): Tensors;
  /** Takes them over. */
  loadStateDict(state: Tensors, options: { readonly strict: boolean }): unknown;
}

/** A place in a model that a layer of Keras has its weights for. */
export interface Place {
  /** The name of the layer here: "3", "encoder.norm"; empty for a model that is one layer. */
  readonly name: string;
  /** The layer here, whose state the weights are a part of. */
  readonly layer: LayeredModule;
  /** What it may be in Keras, the most likely first. */
  readonly choices: readonly [KerasLayer, ...KerasLayer[]];
}

/**
 * The layers of Keras that a model consists of, in its order.
 *
 * @throws {ValueError} for a weight that is computed from others
 * @throws {ShapeError} where images are flattened and their extents are not known
 */
export function placesOf(fn: string, model: LayeredModule, flattened: Flattened = {}): readonly Place[] {
  const places: Place[] = [];
  const flattening = new Flattening(fn, flattened);
  // What a layer with a rule consists of is the matter of its rule.
  let inside: string | undefined;
  for (const [name, module] of model.namedModules()) {
    if (inside !== undefined && name.startsWith(inside)) continue;
    const layer = module as LayeredModule;
    const extents = flattening.before(name, layer);
    const rule = ruleOf(layer);
    if (rule === undefined) continue;
    inside = name === "" ? "" : `${name}.`;
    const state = layer.stateDict();
    expectPlainWeight(fn, name, layer, state);
    for (const choices of rule({ ...fieldsOf(layer), state, flattened: extents })) {
      const [first, ...others] = choices;
      if (first !== undefined && Object.keys(first.variables).length > 0)
        places.push({ name, layer, choices: [first, ...others] });
    }
  }
  flattening.finish();
  return places;
}

function fieldsOf(layer: object): Omit<LayerHere, "state" | "flattened"> {
  const { heads, numLayers, bidirectional, options } = layer as LayerHere;
  return { heads, numLayers, bidirectional, options };
}

function expectPlainWeight(fn: string, name: string, layer: object, state: Tensors): void {
  if ("weight" in state || Reflect.get(layer, "weight") === undefined) return;
  throw new ValueError(
    `${fn}: expected a weight that is a parameter, got one that is computed in ${describedLayer(name, layer)}. Remove its norm before.`,
  );
}
