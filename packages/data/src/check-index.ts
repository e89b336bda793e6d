import { ValueError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";

/** Throws unless `index` is an integer from 0 to `length` − 1. */
export function checkIndex(fn: string, index: number, length: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= length) {
    const range = length === 0 ? "no index, since it is empty" : `an index from 0 to ${length - 1}`;
    throw new ValueError(`${fn}: expected ${range}, got ${quoted(index)}.`);
  }
}
