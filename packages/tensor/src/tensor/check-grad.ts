import { DTypeError, ShapeError } from "../errors.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Spec } from "../storage.ts";

/**
 * Throws unless a gradient has shape and dtype of its tensor.
 *
 * @param fn name of what was called, for the messages
 */
export function checkGrad(fn: string, gradient: Spec, { shape, dtype }: Spec): void {
  if (!sameShape(gradient.shape, shape)) {
    throw new ShapeError(
      `${fn}: expected a gradient of shape ${formatShape(shape)}, as its tensor, got ${formatShape(gradient.shape)}.`,
    );
  }
  if (gradient.dtype !== dtype) {
    throw new DTypeError(`${fn}: expected a gradient of dtype ${dtype}, as its tensor, got ${gradient.dtype}.`);
  }
}
