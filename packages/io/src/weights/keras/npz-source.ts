import { DTypeError } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import { readNpz } from "../../numpy/npz.ts";
import type { StoredVariable } from "./keras-source.ts";
import type { Reading } from "./read-source.ts";
import { VariableList } from "./variable-list.ts";

/** The arrays of `np.savez("w.npz", *model.get_weights())`, in their order. */
export function npzSource(fn: string, what: string, bytes: Uint8Array, { maxBytes, layers }: Reading): VariableList {
  const arrays = Object.entries(readNpz(fn, what, bytes, { maxBytes }));
  const variables = arrays.map(([label, x]): StoredVariable => {
    if (isFloat(x.dtype)) return { label, shape: x.shape, read: () => x };
    throw new DTypeError(`${fn}: expected float32 or float64 in ${label}, got ${x.dtype}.`);
  });
  return new VariableList(fn, variables, layers);
}
