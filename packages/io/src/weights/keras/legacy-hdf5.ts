import { FormatError } from "@tapegrad/tensor";
import type { H5Group } from "../hdf5/h5wasm.ts";
import { type Opened, variableAt } from "./hdf5-variable.ts";
import type { StoredVariable } from "./keras-source.ts";

/**
 * The variables of a file of Keras 2, be it of weights or of a whole model, layer by layer; undefined for another file.
 *
 * @throws {FormatError} when something that is named is not there
 */
export function namedVariables(opened: Opened, file: H5Group): readonly StoredVariable[] | undefined {
  const { fn, h5 } = opened;
  const whole = file.keys().includes("model_weights") ? file.get("model_weights") : file;
  const root = whole instanceof h5.Group ? whole : file;
  const layers = namesIn(fn, root, "layer_names");
  return layers?.flatMap((layer) => {
    const group = root.get(layer);
    if (!(group instanceof h5.Group))
      throw new FormatError(`${fn}: expected a group for the layer ${layer}, got none.`);
    return byOwner(namesIn(fn, group, "weight_names") ?? []).map((name) => variableAt(opened, name, group.get(name)));
  });
}

/** An attribute of names; a long list stands in several that are numbered. */
function namesIn(fn: string, { attrs }: H5Group, attribute: string): readonly string[] | undefined {
  const isPart = new RegExp(`^${attribute}\\d*$`);
  const parts = Object.keys(attrs).filter((key) => isPart.test(key));
  if (parts.length === 0) return undefined;
  const numbered = parts.toSorted((a, b) => Number(a.slice(attribute.length)) - Number(b.slice(attribute.length)));
  return numbered.flatMap((key) => {
    const { value } = attrs[key]!;
    // None are written as no numbers.
    if (ArrayBuffer.isView(value) && value.byteLength === 0) return [];
    if (Array.isArray(value) && value.every((name) => typeof name === "string")) return value;
    throw new FormatError(`${fn}: expected names in the attribute ${attribute}, got something else.`);
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
