import { FormatError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";
import { Hdf5Group } from "../../hdf5/open-hdf5.ts";
import { variableAt } from "./hdf5-variable.ts";
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
export function hdf5Source(fn: string, file: Hdf5Group, layers: LayerPaths): KerasSource {
  const legacy = namedVariables(fn, file);
  if (legacy !== undefined) return new VariableList(fn, legacy, layers);
  const groups = groupsOf(fn, file);
  if (groups.size > 0) return new LayerGroups(fn, groups, layers);
  throw new FormatError(`${fn}: expected weights as Keras saves them, got a file without layers.`);
}

/** The variables of all layers; `layers/lstm/cell/vars/0` is the first of `layers/lstm/cell`. */
function groupsOf(fn: string, file: Hdf5Group): Groups {
  const found = new Map<string, readonly StoredVariable[]>();
  const open: { readonly group: Hdf5Group; readonly path: readonly string[] }[] = [{ group: file, path: [] }];
  let entries = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { group, path } = next;
    entries += group.names.length;
    if (entries > most.entries || path.length > most.depth)
      throw new FormatError(`${fn}: expected at most ${most.entries} entries in ${most.depth} levels, got more.`);
    for (const name of group.names.toReversed()) {
      const entry = group.get(name);
      if (!(entry instanceof Hdf5Group)) continue;
      if (name === "vars") {
        const layer = layerPath(path);
        const variables = training.test(layer) ? [] : variablesOf(fn, entry, [...path, name].join("/"));
        if (variables.length > 0) found.set(layer, variables);
      } else open.push({ group: entry, path: [...path, name] });
    }
  }
  return found;
}

function variablesOf(fn: string, group: Hdf5Group, label: string): readonly StoredVariable[] {
  const other = group.names.find((name) => !/^\d{1,9}$/.test(name));
  if (other !== undefined)
    throw new FormatError(`${fn}: expected numbered variables in ${label}, got ${quoted(other)}.`);
  const sorted = group.names.toSorted((a, b) => Number(a) - Number(b));
  return sorted.map((name) => variableAt(fn, `${label}/${name}`, group.get(name)));
}

/** The path of a layer as Keras 3 says it now: others wrote backslashes, another word for layers, and private names. */
function layerPath(path: readonly string[]): string {
  const names = path.flatMap((name) => name.split("\\"));
  return names.map((name) => (name === "_layer_checkpoint_dependencies" ? "layers" : name.replace(/^_/, ""))).join("/");
}
