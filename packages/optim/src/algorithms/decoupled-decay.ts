import type { DType, Tensor } from "@tapegrad/tensor";
import { option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type ParamGroup } from "../optimizer/param-group.ts";
import { scalar } from "../optimizer/scalar.ts";

/** The option of optimizers whose decay is a penalty unless it is decoupled. */
export interface DecoupledDecayOptions {
  /** Shrink the parameter as AdamW does instead of adding a penalty to the gradient; false unless given. */
  readonly decoupledWeightDecay?: boolean;
}

/** The row of that option. */
export const decoupledDecayTable: OptionTable<DecoupledDecayOptions> = {
  decoupledWeightDecay: option(ranges.flag, false),
};

/** Takes `p ← (1 − lr·weightDecay)·p` off each parameter; the factor is computed once for a step. */
export function decoupledDecay(group: ParamGroup, dtype: DType, weightDecay: number): (param: Tensor) => Tensor {
  if (weightDecay === 0) return (param) => param;
  const keep = scalar(1).sub(group.lr.mul(weightDecay)).to(dtype);
  return (param) => param.mul(keep);
}

/** {@link decoupledDecay} for a group whose decay may be a penalty instead. */
export function decayOf(
  group: ParamGroup<{ readonly weightDecay: number; readonly decoupledWeightDecay: boolean }>,
  dtype: DType,
): (param: Tensor) => Tensor {
  const { weightDecay, decoupledWeightDecay } = group.settings;
  return decoupledDecay(group, dtype, decoupledWeightDecay ? weightDecay : 0);
}
