import type { Tensor } from "@tapegrad/tensor";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** One layer of Keras, and what its variables are in a layer here. */
export interface KerasLayer {
  /** What files call its class: "dense", "batch_normalization". */
  readonly kind: string;
  /** Its variables as Keras would have them now, by name and in Keras' order; those of inner layers with their path: "cell/kernel". */
  readonly variables: Tensors;
  /** What such variables are in the state of the layer here. */
  readonly toState: (variables: Tensors) => Tensors;
}

/** A layer here, with its state and the options that say how it is laid out. */
export interface LayerHere {
  readonly state: Tensors;
  /** Of a Dense behind a `Flatten` of images, `[channels, ...]` of what was flattened. */
  readonly flattened: readonly number[] | undefined;
  readonly heads?: number | undefined;
  readonly bidirectional?: boolean | undefined;
  readonly numLayers?: number | undefined;
  readonly options?: { readonly groups?: number; readonly resetAfter?: boolean } | undefined;
}

/** A variable that is one tensor of the state in another layout: its key, the way to Keras and the way back. */
export type Row = readonly [key: string, toKeras?: Change, toHere?: Change];
type Change = (x: Tensor) => Tensor;

/** A layer whose variables are tensors of the state one by one; those that the state lacks are left out. */
export function rowByRow(kind: string, state: Tensors, rows: Readonly<Record<string, Row>>): KerasLayer {
  const present = Object.entries(rows).filter(([, [key]]) => key in state);
  const same: Change = (x) => x;
  return {
    kind,
    variables: Object.fromEntries(present.map(([name, [key, toKeras = same]]) => [name, toKeras(state[key]!)])),
    toState: (variables) =>
      Object.fromEntries(present.map(([name, [key, , toHere = same]]) => [key, toHere(variables[name]!)])),
  };
}
