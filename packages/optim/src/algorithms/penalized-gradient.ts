import type { Tensor } from "@tapegrad/tensor";

/** The gradient that an optimizer follows: turned round to ascend, with the slope of an L2 penalty. */
export function penalizedGradient(
  param: Tensor,
  { maximize, weightDecay }: { readonly maximize: boolean; readonly weightDecay: number },
): Tensor {
  const given = param.grad as Tensor;
  const gradient = maximize ? given.neg() : given;
  return weightDecay === 0 ? gradient : gradient.add(param.mul(weightDecay));
}
