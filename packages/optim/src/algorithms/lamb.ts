import { assign, type Tensor, zerosLike } from "@tapegrad/tensor";
import { option, ranges } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import { scalar } from "../optimizer/scalar.ts";
import type { UpdateRule } from "../optimizer/update-rule.ts";
import { decayOf, type DecoupledDecayOptions, decoupledDecayTable } from "./decoupled-decay.ts";
import { firstBeta, type MomentOptions, momentTable } from "./moment-options.ts";
import { movingAverage, weightsFor } from "./moving-average.ts";
import { penalizedGradient } from "./penalized-gradient.ts";
import { trustRatio, type TrustOptions, trustTable } from "./trust-ratio.ts";
import { wholeNorm } from "./whole-norm.ts";

/** Options of {@link LAMB}; `eps` is 1e-6 unless given. */
export type LAMBOptions = MomentOptions & DecoupledDecayOptions & TrustOptions;

/** Complete settings of {@link LAMB}. */
export type LAMBSettings = Required<LAMBOptions>;

const rule: UpdateRule<LAMBOptions> = {
  name: "LAMB",
  options: { ...momentTable(1e-3), eps: option(ranges.nonNegative, 1e-6), ...decoupledDecayTable, ...trustTable },
  momentum: firstBeta,
  initialState: (param) => ({ exp_avg: zerosLike(param), exp_avg_sq: zerosLike(param) }),
  replayable: true,
  update({ slots, step, dtype, group }) {
    const { betas, eps, weightDecay, decoupledWeightDecay, trustRatio: isScaled, maximize } = group.settings;
    const beta1 = group.momentum as Tensor;
    const one = scalar(1);
    const first = weightsFor(beta1, dtype);
    const second = { keep: betas[1], rest: 1 - betas[1] };
    const correction1 = one.sub(beta1.pow(step)).to(dtype);
    const correction2 = one.sub(scalar(betas[1]).pow(step)).to(dtype);
    const decay = decayOf(group, dtype);
    for (const { param, state } of slots) {
      const gradient = penalizedGradient(param, { maximize });
      const m = movingAverage(state["exp_avg"]!, gradient, first);
      const v = movingAverage(state["exp_avg_sq"]!, gradient.square(), second);
      const adapted = m.div(correction1).div(v.div(correction2).sqrt().add(eps));
      const weight = decay(param);
      const isPart = weightDecay !== 0 && !decoupledWeightDecay;
      const direction = isPart ? adapted.add(weight.mul(weightDecay)) : adapted;
      const rate = isScaled ? group.lr.mul(trustRatio(wholeNorm(weight), wholeNorm(direction))) : group.lr;
      assign(param, weight.sub(direction.mul(rate.to(dtype))));
    }
  },
};

/**
 * LAMB: Adam whose step in each parameter has the parameter's norm, times `lr`: for very large batches.
 *
 * `m` and `v` as in `Adam`, `u = m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + eps) + weightDecay·p`, `p ← p − lr · ‖p‖/‖u‖ · u`; the ratio is
 * 1 where a norm is 0. With `decoupledWeightDecay` the decay is no part of `u`, as in Keras: `p ← (1 − lr·weightDecay)·p` first.
 *
 * Moments have each parameter's dtype; step count and `‖p‖/‖u‖` are float64. `lr` is 1e-3 unless given.
 *
 * @throws {ValueError} for a negative `lr`, `eps` or `weightDecay`, or a β outside [0, 1)
 * @see You et al., Large Batch Optimization for Deep Learning (2019), https://arxiv.org/abs/1904.00962
 * @example
 * const w = tensor([3, 4], { dtype: "float64", requiresGrad: true });
 * const optimizer = new LAMB([w], { lr: 0.1 });
 * w.mul(tensor([0, 2])).sum().backward(); // the norm of w is 5, that of Adam's step 1
 * optimizer.step();
 * w.toArray(); // => [3, 3.5]
 */
export class LAMB extends Optimizer<LAMBOptions> {
  static override readonly name: string = "LAMB";

  constructor(params: ParamsOrGroups<LAMBOptions>, options: LAMBOptions = {}) {
    super(rule, params, options);
  }
}
