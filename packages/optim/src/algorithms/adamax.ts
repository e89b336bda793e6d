import { assign, type Tensor, zerosLike } from "@tapegrad/tensor";
import { Optimizer } from "../optimizer/optimizer.ts";
import { type ParamsOrGroups } from "../optimizer/param-group.ts";
import { scalar } from "../optimizer/scalar.ts";
import type { UpdateRule } from "../optimizer/update-rule.ts";
import { decayOf, type DecoupledDecayOptions, decoupledDecayTable } from "./decoupled-decay.ts";
import { firstBeta, type MomentOptions, momentTable } from "./moment-options.ts";
import { movingAverage, weightsFor } from "./moving-average.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of {@link Adamax}. */
export type AdamaxOptions = MomentOptions & DecoupledDecayOptions;

/** Complete settings of {@link Adamax}. */
export type AdamaxSettings = Required<AdamaxOptions>;

const rule: UpdateRule<AdamaxOptions> = {
  name: "Adamax",
  options: { ...momentTable(2e-3), ...decoupledDecayTable },
  momentum: firstBeta,
  initialState: (param) => ({ exp_avg: zerosLike(param), exp_inf: zerosLike(param) }),
  replayable: true,
  update({ slots, step, dtype, group }) {
    const { betas, eps } = group.settings;
    const beta1 = group.momentum as Tensor;
    const one = scalar(1);
    const first = weightsFor(beta1, dtype);
    const rate = group.lr.div(one.sub(beta1.pow(step))).to(dtype);
    const decay = decayOf(group, dtype);
    for (const { param, state } of slots) {
      const gradient = penalizedGradient(param, group.settings);
      const m = movingAverage(state["exp_avg"]!, gradient, first);
      const largest = state["exp_inf"]!;
      const scale = largest.mul(betas[1]).maximum(gradient.abs().add(eps));
      assign(largest, scale);
      assign(param, decay(param).sub(m.div(scale).mul(rate)));
    }
  },
};

/**
 * Adamax: Adam with the largest recent gradient in place of the root mean square.
 *
 * `m ← β₁·m + (1 − β₁)·g`, `u ← max(β₂·u, |g| + eps)`, `p ← p − lr/(1 − β₁ᵗ) · m/u`
 *
 * State has each parameter's dtype; step count and bias correction are float64. `lr` is 2e-3 unless given.
 *
 * @throws {ValueError} for a negative `lr`, `eps` or `weightDecay`, or a β outside [0, 1)
 * @see Kingma and Ba, Adam: A Method for Stochastic Optimization (2014), section 7.1, https://arxiv.org/abs/1412.6980
 * @example
 * const w = tensor([1, 2], { dtype: "float64", requiresGrad: true });
 * const optimizer = new Adamax([w], { lr: 0.1, eps: 0 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [0.9, 1.9]
 */
export class Adamax extends Optimizer<AdamaxOptions> {
  static override readonly name: string = "Adamax";

  constructor(params: ParamsOrGroups<AdamaxOptions>, options: AdamaxOptions = {}) {
    super(rule, params, options);
  }
}
