import { where } from "../functions/selection.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** `log(1 + exp(x))`, which from 40 on is x to the last bit of a float64. */
export function softplus(x: Tensor): Tensor {
  const isLinear = x.gt(40);
  return where(isLinear, x, x.maskedFill(isLinear, 0).exp().log1p());
}
