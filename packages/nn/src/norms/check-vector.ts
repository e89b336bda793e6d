import { ShapeError, type Shape, type Tensor, ValueError } from "@tapegrad/tensor";
import { formatShape, sameShape } from "@tapegrad/tensor/internal";

/** Throws unless `vector`, if given, has exactly `shape`. */
export function checkVector(fn: string, name: string, vector: Tensor | undefined, shape: Shape): void {
  if (vector !== undefined && !sameShape(vector.shape, shape)) {
    throw new ShapeError(`${fn}: expected ${name} of shape ${formatShape(shape)}, got ${formatShape(vector.shape)}.`);
  }
}

/** Throws unless `eps` is finite and at least 0. */
export function checkEps(fn: string, eps: number): void {
  if (!(Number.isFinite(eps) && eps >= 0)) {
    throw new ValueError(`${fn}: expected a finite eps of at least 0, got ${String(eps)}.`);
  }
}
