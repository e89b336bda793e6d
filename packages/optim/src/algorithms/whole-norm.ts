import type { Tensor } from "@tapegrad/tensor";

/** Norm of all elements, which has the precision of their dtype, as a float64 tensor of no axes. */
export function wholeNorm(x: Tensor): Tensor {
  return x.detach().norm().to("float64");
}
