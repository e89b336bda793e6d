import { DTypeError, FormatError } from "@tapegrad/tensor";
import { Hdf5Dataset, type Hdf5Group } from "../../hdf5/open-hdf5.ts";
import type { StoredVariable } from "./keras-source.ts";

/**
 * What stands in a file under `label` as a variable.
 *
 * @throws {FormatError} if it is no data set
 */
export function variableAt(fn: string, label: string, entry: Hdf5Dataset | Hdf5Group | undefined): StoredVariable {
  if (!(entry instanceof Hdf5Dataset)) throw new FormatError(`${fn}: expected a data set at ${label}, got none.`);
  const read: StoredVariable["read"] = () => {
    const { elements = "others" } = entry;
    if (elements.includes("float")) return entry.read(label);
    throw new DTypeError(`${fn}: expected floats in ${label}, got ${elements}.`);
  };
  return { label, shape: entry.shape, read };
}
