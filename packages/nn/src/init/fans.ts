import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { formatShape, sizeOf } from "@tapegrad/tensor/internal";

/** Numbers of connections into and out of one unit. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * Fans of a weight of layout `[out, in, ...window]`: `fanIn = in · Π window`, `fanOut = out · Π window`.
 *
 * @param weight at least two axes
 * @throws {ShapeError} for fewer than two axes
 * @example
 * fans(zeros([6, 4, 3, 3])); // => { fanIn: 36, fanOut: 54 }
 */
export function fans(weight: Tensor): Fans {
  const [out, inside, ...window] = weight.shape;
  if (out === undefined || inside === undefined) {
    throw new ShapeError(`fans: expected a weight of at least 2 axes, got shape ${formatShape(weight.shape)}.`);
  }
  const field = sizeOf(window);
  return { fanIn: inside * field, fanOut: out * field };
}
