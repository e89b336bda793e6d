import { DTypeError, ShapeError } from "../errors.ts";
import type { TensorCore } from "./core.ts";
import { expectElements } from "./expect-elements.ts";

/**
 * Throws unless the elements of `index` are positions along an axis of so many: the primitives rely on it.
 *
 * @throws {DTypeError | ShapeError} `gather: expected indices in [0, 3) for axis 1, got 3.`
 */
export function expectIndex(fn: string, index: TensorCore, axis: number, extent: number): void {
  if (index.dtype !== "int32") throw new DTypeError(`${fn}: expected an int32 index, got ${index.dtype}.`);
  expectElements(index, {
    within: [[0, extent - 1]],
    error: (k) => new ShapeError(`${fn}: expected indices in [0, ${extent}) for axis ${axis}, got ${k}.`),
  });
}
