import { FormatError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";
import type { H5Group } from "../hdf5/h5wasm.ts";
import { type Opened, variableAt } from "./hdf5-variable.ts";
import type { KerasSource, StoredVariable } from "./keras-source.ts";
import { type Groups, LayerGroups, type LayerPaths } from "./layer-groups.ts";
import { namedVariables } from "./legacy-hdf5.ts";
import { VariableList } from "./variable-list.ts";

/** How many groups and data sets are looked at, and how deep: links may lead in circles. */
const most = { entries: 20_000, depth: 16 };

/** What belongs to training rather than to layers. */
const training = /^(?:optimizer|metrics|compile_metrics|loss_tracker)(?:\/|$)|(?:^|\/)seed_generator$/;

/**
 * The weights of an HDF5 file: of Keras 3, which numbers the variables of each layer, or of Keras 2, which lists the names of
 * layers and weights in attributes.
 *
 * @throws {FormatError} for a file of something else
 */
export function hdf5Source(opened: Opened, file: H5Group, layers: LayerPaths): KerasSource {
  const legacy = namedVariables(opened, file);
  if (legacy !== undefined) return new VariableList(opened.fn, legacy, layers);
  const groups = groupsOf(opened, file);
  if (groups.size > 0) return new LayerGroups(opened.fn, groups, layers);
  throw new FormatError(`${opened.fn}: expected weights as Keras saves them, got a file without layers.`);
}

/** The variables of all layers; `layers/lstm/cell/vars/0` is the first of `layers/lstm/cell`. */
function groupsOf(opened: Opened, file: H5Group): Groups {
  const { fn, h5 } = opened;
  const found = new Map<string, readonly StoredVariable[]>();
  const open: { readonly group: H5Group; readonly path: readonly string[] }[] = [{ group: file, path: [] }];
  let entries = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { group, path } = next;
    const keys = group.keys();
    entries += keys.length;
    if (entries > most.entries || path.length > most.depth)
      throw new FormatError(`${fn}: expected at most ${most.entries} entries in ${most.depth} levels, got more.`);
    for (const key of keys.toReversed()) {
      const entry = group.get(key);
      if (!(entry instanceof h5.Group)) continue;
      if (key === "vars") {
        const layer = layerPath(path);
        const variables = variablesOf(opened, entry, [...path, key].join("/"));
        if (variables.length > 0 && !training.test(layer)) found.set(layer, variables);
      } else open.push({ group: entry, path: [...path, key] });
    }
  }
  return found;
}

function variablesOf(opened: Opened, group: H5Group, label: string): readonly StoredVariable[] {
  const keys = group.keys();
  const other = keys.find((key) => !/^\d{1,9}$/.test(key));
  if (other !== undefined)
    throw new FormatError(`${opened.fn}: expected numbered variables in ${label}, got ${quoted(other)}.`);
  const sorted = keys.toSorted((a, b) => Number(a) - Number(b));
  return sorted.map((key) => variableAt(opened, `${label}/${key}`, group.get(key)));
}

/** The path of a layer as Keras 3 says it now: others wrote backslashes, another word for layers, and private names. */
function layerPath(path: readonly string[]): string {
  const names = path.flatMap((name) => name.split("\\"));
  return names.map((name) => (name === "_layer_checkpoint_dependencies" ? "layers" : name.replace(/^_/, ""))).join("/");
}
