import type { TypedArray } from "../dtype.ts";
import { ValueError } from "../errors.ts";

/** The elements of a tensor; throws when their buffer is elsewhere by now. */
export function presentElements(size: number, data: TypedArray): TypedArray {
  if (data.length === size) return data;
  throw new ValueError(
    `data: expected ${size} elements, got ${data.length}: their buffer was transferred. Transfer that of x.data.slice().`,
  );
}
