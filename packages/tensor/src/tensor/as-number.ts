import { promote } from "../dtype.ts";
import type { TensorCore } from "./core.ts";
import type { Tensor } from "./tensor.ts";

/** A tensor as numbers that can be added and multiplied: bools become int32. */
export function asNumber(x: TensorCore): Tensor {
  const tensor = x["self"]();
  return tensor.to(promote(tensor.dtype, "int32"));
}
