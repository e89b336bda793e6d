import type { TypedArray } from "../dtype.ts";
import type { Tensor } from "./tensor.ts";

/** A gradient in memory that will be written again: a tensor is made of it when somebody reads it. */
export interface LazyGrad {
  /** The elements, until the memory is written again. */
  readonly data: TypedArray;
  /** A tensor with elements of its own. */
  readonly toTensor: () => Tensor;
}
