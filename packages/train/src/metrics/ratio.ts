import { type Tensor, where } from "@tapegrad/tensor";

/** `a / b`, 0 where `b` is 0: the part of nothing. */
export function ratio(a: Tensor, b: Tensor): Tensor {
  const nothing = b.eq(0);
  return where(nothing, 0, a.div(where(nothing, 1, b)));
}
