import { oneHot as encode, ShapeError } from "@tapegrad/tensor";
import { expectNothing, expectTensor, expectValue, formatShape, ranges } from "@tapegrad/tensor/internal";
import type { Transform } from "./transform.ts";

/**
 * Class indices as rows that are 1 at the class and 0 elsewhere; `inverse` finds the largest entry of each row.
 *
 * @param classes how many classes there are
 * @throws {ValueError} if `classes` is no whole number ≥ 1, or by `apply` if an index is out of range
 * @throws {ShapeError} by `inverse`, if rows have another length
 * @example
 * oneHot(3).apply(tensor([2, 0], { dtype: "int32" })).toArray(); // => [[0, 0, 1], [1, 0, 0]]
 */
export function oneHot(classes: number, ...none: []): Transform {
  expectNothing("oneHot", none);
  expectValue("oneHot", "classes", classes, ranges.count);
  return {
    apply: (labels) => encode(labels, classes),
    inverse(rows) {
      expectTensor("oneHot.inverse", "rows", rows);
      if (rows.shape.at(-1) !== classes) {
        throw new ShapeError(`oneHot.inverse: expected rows of ${classes}, got shape ${formatShape(rows.shape)}.`);
      }
      return rows.argmax({ axis: -1 });
    },
  };
}
