import { FormatError } from "@tapegrad/tensor";
import type { H5 } from "../hdf5/h5wasm.ts";
import { readDataset, shapeOfDataset } from "../hdf5/read-dataset.ts";
import type { StoredVariable } from "./keras-source.ts";

/** The library that has a file open, and the function that messages name. */
export interface Opened {
  readonly fn: string;
  readonly h5: H5;
}

/**
 * What stands in a file under `label` as a variable.
 *
 * @throws {FormatError} if it is no data set
 */
export function variableAt({ fn, h5 }: Opened, label: string, entry: unknown): StoredVariable {
  if (!(entry instanceof h5.Dataset)) throw new FormatError(`${fn}: expected a data set at ${label}, got none.`);
  return { label, shape: shapeOfDataset(fn, label, entry), read: () => readDataset(fn, label, entry) };
}
