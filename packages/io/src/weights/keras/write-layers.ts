import type { Bytes } from "@tapegrad/files";
import { encodeHdf5, type Hdf5Elements, type Hdf5Tree } from "../../hdf5/encode-hdf5.ts";
import type { KerasLayer } from "./keras-layer.ts";

type Group = Map<string, Hdf5Elements | Hdf5Tree>;

/** Writes layers as Keras 3 does: `layers/lstm_1/cell/vars/0` is the first variable of the cell of the second LSTM. */
export function writeLayers(fn: string, layers: readonly KerasLayer[]): Bytes {
  const list: Group = new Map();
  const counts = new Map<string, number>();
  for (const { kind, variables } of layers) {
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const layer: Group = new Map();
    list.set(count === 0 ? kind : `${kind}_${count}`, layer);
    for (const [name, { shape, data }] of Object.entries(variables)) {
      const own = innerGroup(layer, [...name.split("/").slice(0, -1), "vars"]);
      own.set(String(own.size), { shape, data });
    }
  }
  return encodeHdf5(fn, new Map([["layers", list]]));
}

/** The group at a path, which is made. */
function innerGroup(group: Group, [name, ...rest]: readonly string[]): Group {
  if (name === undefined) return group;
  const inner = (group.get(name) ?? new Map()) as Group;
  group.set(name, inner);
  return innerGroup(inner, rest);
}
