import { ShapeError, type Shape, type Tensor } from "@tapegrad/tensor";
import { expectTensor, formatShape, sameShape } from "@tapegrad/tensor/internal";

/** Throws unless `vector`, if given, has exactly `shape`. */
export function checkVector(fn: string, name: string, vector: Tensor | undefined, shape: Shape): void {
  if (vector === undefined) return;
  expectTensor(fn, name, vector);
  if (!sameShape(vector.shape, shape)) {
    throw new ShapeError(`${fn}: expected ${name} of shape ${formatShape(shape)}, got ${formatShape(vector.shape)}.`);
  }
}

/** Throws unless each of the vectors that is given has exactly `shape`. */
export function checkVectors(fn: string, shape: Shape, vectors: { readonly [name: string]: Tensor | undefined }): void {
  for (const name in vectors) checkVector(fn, name, vectors[name], shape);
}
