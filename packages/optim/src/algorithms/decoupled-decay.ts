import type { DType, Tensor } from "@tapegrad/tensor";
import { type ParamGroup } from "../optimizer/param-group.ts";
import { scalar } from "../optimizer/scalar.ts";

/** Takes `p ← (1 − lr·weightDecay)·p` off each parameter; the factor is computed once for a step. */
export function decoupledDecay(group: ParamGroup, dtype: DType, weightDecay: number): (param: Tensor) => Tensor {
  if (weightDecay === 0) return (param) => param;
  const keep = scalar(1).sub(group.lr.mul(weightDecay)).to(dtype);
  return (param) => param.mul(keep);
}
