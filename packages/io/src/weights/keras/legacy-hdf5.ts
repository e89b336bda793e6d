import { FormatError } from "@tapegrad/tensor";
import { Hdf5Group } from "../../hdf5/open-hdf5.ts";
import { variableAt } from "./hdf5-variable.ts";
import type { StoredVariable } from "./keras-source.ts";

/**
 * The variables of a file of Keras 2, be it of weights or of a whole model, layer by layer; undefined for another file.
 *
 * @throws {FormatError} when something that is named is not there
 */
export function namedVariables(fn: string, file: Hdf5Group): readonly StoredVariable[] | undefined {
  const whole = file.get("model_weights");
  const root = whole instanceof Hdf5Group ? whole : file;
  return namesIn(fn, root, "layer_names")?.flatMap((layer) => {
    const group = root.get(layer);
    if (!(group instanceof Hdf5Group))
      throw new FormatError(`${fn}: expected a group for the layer ${layer}, got none.`);
    return byOwner(namesIn(fn, group, "weight_names") ?? []).map((name) => variableAt(fn, name, group.get(name)));
  });
}

/** An attribute of names; a long list stands in several that are numbered. */
function namesIn(fn: string, { attributes }: Hdf5Group, attribute: string): readonly string[] | undefined {
  const isPart = new RegExp(`^${attribute}\\d*$`);
  const parts = [...attributes.keys()].filter((key) => isPart.test(key));
  if (parts.length === 0) return undefined;
  const numbered = parts.toSorted((a, b) => Number(a.slice(attribute.length)) - Number(b.slice(attribute.length)));
  return numbered.flatMap((key) => {
    const names = attributes.get(key)!();
    if (names === undefined)
      throw new FormatError(`${fn}: expected names in the attribute ${key}, got something else.`);
    return names;
  });
}

/** The names of weights, those of an inner layer together: a model within a model lists what is not trained at the end. */
function byOwner(names: readonly string[]): readonly string[] {
  const owners = new Map<string, string[]>();
  for (const name of names) {
    const owner = name.slice(0, Math.max(0, name.lastIndexOf("/")));
    const own = owners.get(owner);
    if (own === undefined) owners.set(owner, [name]);
    else own.push(name);
  }
  return [...owners.values()].flat();
}
