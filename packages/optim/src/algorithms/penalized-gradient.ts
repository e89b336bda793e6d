import type { Tensor } from "@tapegrad/tensor";

/** What the settings of an optimizer say of the gradient that it follows. */
export interface Penalty {
  readonly maximize: boolean;
  /** 0 unless given. */
  readonly weightDecay?: number;
  /** Whether the decay is no penalty. */
  readonly decoupledWeightDecay?: boolean;
}

/** The gradient that an optimizer follows: turned round to ascend, with the slope of an L2 penalty. */
export function penalizedGradient(
  param: Tensor,
  { maximize, weightDecay = 0, decoupledWeightDecay = false }: Penalty,
): Tensor {
  const given = param.grad as Tensor;
  const gradient = maximize ? given.neg() : given;
  return weightDecay === 0 || decoupledWeightDecay ? gradient : gradient.add(param.mul(weightDecay));
}
