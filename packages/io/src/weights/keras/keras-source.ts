import type { Shape, Tensor } from "@tapegrad/tensor";
import { sameShape } from "@tapegrad/tensor/internal";
import type { KerasLayer } from "./keras-layer.ts";
import type { Place } from "./places.ts";

/** A variable in a file. */
export interface StoredVariable {
  /** Where it stands, for messages: "layers/dense/vars/0", "dense/kernel:0". */
  readonly label: string;
  readonly shape: Shape;
  /** Reads its elements, which is done only where its shape is the expected one. */
  readonly read: () => Tensor;
}

/** What a file has for a place. */
export interface Found {
  /** Which of the choices it is. */
  readonly layer: KerasLayer;
  /** Its variables, in Keras' order; some may be missing, or too many. */
  readonly variables: readonly StoredVariable[];
}

/** The weights of a file, taken place by place in the order of the model. */
export interface KerasSource {
  /** The variables for the next place, or undefined when there are none. */
  take(place: Place): Found | undefined;
  /** Labels of what was not taken. */
  rest(): readonly string[];
}

/** Whether the variables that were found are of the shapes that a layer has. */
export function fits({ layer, variables }: Found): boolean {
  const wanted = Object.values(layer.variables);
  return wanted.length === variables.length && wanted.every(({ shape }, i) => sameShape(shape, variables[i]!.shape));
}

/** The first that fits, or else the first. */
export function bestOf<F extends Found>(candidates: readonly F[]): F | undefined {
  return candidates.find(fits) ?? candidates[0];
}
