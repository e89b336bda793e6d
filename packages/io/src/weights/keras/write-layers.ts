import type { Shape, TypedArray } from "@tapegrad/tensor";
import type { H5Group } from "../hdf5/h5wasm.ts";
import type { KerasLayer } from "./keras-layer.ts";

/** A layer whose variables have elements of their own, which nobody changes any more. */
export interface LayerCopy {
  readonly kind: string;
  readonly variables: readonly (readonly [name: string, shape: Shape, data: TypedArray])[];
}

/** Copies the variables of a layer. */
export function layerCopy({ kind, variables }: KerasLayer): LayerCopy {
  return { kind, variables: Object.entries(variables).map(([name, { shape, data }]) => [name, shape, data.slice()]) };
}

/** Writes layers as Keras 3 does: `layers/lstm_1/cell/vars/0` is the first variable of the cell of the second LSTM. */
export function writeLayers(file: H5Group, layers: readonly LayerCopy[]): void {
  const list = file.create_group("layers");
  const counts = new Map<string, number>();
  for (const { kind, variables } of layers) {
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    writeVariables(list.create_group(count === 0 ? kind : `${kind}_${count}`), variables);
  }
}

function writeVariables(layer: H5Group, variables: LayerCopy["variables"]): void {
  const groups = new Map([["", layer]]);
  const groupAt = (path: string): H5Group => {
    const known = groups.get(path);
    if (known !== undefined) return known;
    const at = path.lastIndexOf("/");
    const group = groupAt(path.slice(0, Math.max(0, at))).create_group(path.slice(at + 1));
    groups.set(path, group);
    return group;
  };
  const counts = new Map<string, number>();
  for (const [name, shape, data] of variables) {
    const inner = name.slice(0, Math.max(0, name.lastIndexOf("/")));
    const path = inner === "" ? "vars" : `${inner}/vars`;
    const count = counts.get(path) ?? 0;
    counts.set(path, count + 1);
    groupAt(path).create_dataset({ name: String(count), data, shape: [...shape] });
  }
}
