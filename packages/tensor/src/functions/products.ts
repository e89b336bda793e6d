import { DTypeError, ShapeError } from "../errors.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { formatShape } from "../shape.ts";
import { expectTensor } from "../tensor/expect-tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Scalar product of two vectors. */
export function dot(a: Tensor, b: Tensor, ...none: []): Tensor {
  expectNothing("dot", none);
  expectTensor("dot", "a", a);
  expectTensor("dot", "b", b);
  if (a.ndim !== 1 || b.ndim !== 1 || a.size !== b.size) {
    throw new ShapeError(
      `dot: expected two vectors of one length, got ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
    );
  }
  if (a.dtype !== b.dtype || a.dtype === "bool") {
    throw new DTypeError(`dot: expected vectors of one numeric dtype, got ${a.dtype} and ${b.dtype}.`);
  }
  return a.matmul(b);
}

/** `out[i][j] = a[i]·b[j]` of two vectors. */
export function outer(a: Tensor, b: Tensor, ...none: []): Tensor {
  expectNothing("outer", none);
  expectTensor("outer", "a", a);
  expectTensor("outer", "b", b);
  if (a.ndim !== 1 || b.ndim !== 1) {
    throw new ShapeError(`outer: expected two vectors, got ${formatShape(a.shape)} and ${formatShape(b.shape)}.`);
  }
  return a.unsqueeze(1).mul(b.unsqueeze(0));
}
