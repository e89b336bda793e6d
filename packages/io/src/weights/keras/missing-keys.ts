import type { Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import type { KerasLayer } from "./keras-layer.ts";
import type { LayeredModule, Place } from "./places.ts";

/** A layer of Keras, and where its weights belong. */
export interface Assigned {
  readonly place: Place;
  readonly layer: KerasLayer;
}

/** Keys of floats of a model that no layer of Keras stands for. Counters, which Keras has not, are none. */
export function missingKeys(model: LayeredModule, assigned: readonly Assigned[]): readonly string[] {
  const taken = new Set<unknown>();
  for (const { place, layer } of assigned) {
    const state = place.layer.stateDict();
    for (const key in layer.toState(layer.variables)) taken.add(state[key]?.storage);
  }
  const isLeft = ([, value]: readonly [string, Tensor]): boolean => isFloat(value.dtype) && !taken.has(value.storage);
  return Object.entries(model.stateDict())
    .filter(isLeft)
    .map(([key]) => key);
}
