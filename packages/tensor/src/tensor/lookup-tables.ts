import type { Tensor } from "./tensor.ts";

const tables = new WeakSet<Tensor>();

/** Says that rows of a tensor are looked up by their number, as those of an embedding are. */
export function markLookupTable(table: Tensor): void {
  tables.add(table);
}

/** Whether {@link markLookupTable} said so: optimizers of matrices leave tables to others. */
export function isLookupTable(tensor: Tensor): boolean {
  return tables.has(tensor);
}
