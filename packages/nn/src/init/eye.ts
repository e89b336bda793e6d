import { assign, eye as identity, ShapeError, type Tensor } from "@tapegrad/tensor";
import { formatShape } from "@tapegrad/tensor/internal";
import { checkFloat } from "./fill.ts";

/**
 * Fills a matrix with ones on its diagonal and zeros elsewhere, and returns it: what goes in comes out, as far as
 * the shape allows.
 *
 * @throws {ShapeError} unless there are exactly two axes
 * @example
 * eye(new Parameter(rand([2, 3]))).toArray(); // => [[1, 0, 0], [0, 1, 0]]
 */
export function eye<T extends Tensor>(weight: T): T {
  checkFloat("eye", weight);
  const [rows, columns] = weight.shape;
  if (rows === undefined || columns === undefined || weight.ndim !== 2) {
    throw new ShapeError(`eye: expected a matrix, got shape ${formatShape(weight.shape)}.`);
  }
  assign(weight, identity(rows, columns, { dtype: weight.dtype }));
  return weight;
}
