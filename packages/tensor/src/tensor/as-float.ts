import { isFloat } from "../dtype.ts";
import type { TensorCore } from "./core.ts";
import type { Tensor } from "./tensor.ts";

/** A tensor as floats: integers and bools become float32. */
export function asFloat(x: TensorCore): Tensor {
  const tensor = x["self"]();
  return isFloat(tensor.dtype) ? tensor : tensor.to("float32");
}
