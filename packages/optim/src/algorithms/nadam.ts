import { assign, full, type Tensor, zerosLike } from "@tapegrad/tensor";
import { option, ranges } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import { type ParamsOrGroups } from "../optimizer/param-group.ts";
import { scalar } from "../optimizer/scalar.ts";
import type { UpdateBatch, UpdateRule } from "../optimizer/update-rule.ts";
import { decayOf, type DecoupledDecayOptions, decoupledDecayTable } from "./decoupled-decay.ts";
import { firstBeta, type MomentOptions, momentTable } from "./moment-options.ts";
import { movingAverage, weightsFor } from "./moving-average.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of {@link NAdam}. */
export interface NAdamOptions extends MomentOptions, DecoupledDecayOptions {
  /** How fast the momentum grows to β₁; 4e-3 unless given. */
  readonly momentumDecay?: number;
}

/** Complete settings of {@link NAdam}. */
export type NAdamSettings = Required<NAdamOptions>;

const rule: UpdateRule<NAdamOptions> = {
  name: "NAdam",
  options: {
    ...momentTable(2e-3),
    momentumDecay: option(ranges.nonNegative, 4e-3),
    ...decoupledDecayTable,
  },
  momentum: firstBeta,
  scalars: ["mu_product"],
  initialState: (param) => ({
    mu_product: scalar(1),
    exp_avg: zerosLike(param),
    exp_avg_sq: zerosLike(param),
  }),
  replayable: true,
  update: updateNAdam,
};

function updateNAdam({ slots, step, dtype, group }: UpdateBatch<NAdamSettings>): void {
  const { betas, eps, momentumDecay } = group.settings;
  const beta1 = group.momentum as Tensor;
  const one = scalar(1);
  const first = weightsFor(beta1, dtype);
  const second = { keep: full([], betas[1], { dtype }), rest: full([], 1 - betas[1], { dtype }) };
  const momentumAt = (t: Tensor): Tensor => beta1.mul(one.sub(scalar(0.96).pow(t.mul(momentumDecay)).mul(0.5)));
  const [mu, next] = [momentumAt(step), momentumAt(step.add(1))];
  // As in Adam the correction of the second moment moves into the scalars.
  const root2 = one.sub(scalar(betas[1]).pow(step)).sqrt();
  const lr = group.lr.mul(root2);
  const bound = root2.mul(eps).to(dtype);
  const decay = decayOf(group, dtype);
  for (const { param, state } of slots) {
    const gradient = penalizedGradient(param, group.settings);
    const m = movingAverage(state["exp_avg"]!, gradient, first);
    const v = movingAverage(state["exp_avg_sq"]!, gradient.square(), second);
    const product = state["mu_product"]!.mul(mu);
    assign(state["mu_product"]!, product);
    const now = lr.mul(one.sub(mu)).div(one.sub(product)).to(dtype);
    const ahead = lr
      .mul(next)
      .div(one.sub(product.mul(next)))
      .to(dtype);
    const change = gradient.mul(now).add(m.mul(ahead)).div(v.sqrt().add(bound));
    assign(param, decay(param).sub(change));
  }
}

/**
 * NAdam: Adam with Nesterov's look-ahead in place of plain momentum.
 *
 * `μₜ = β₁·(1 − 0.96^(t·momentumDecay)/2)`, `m` and `v` as in `Adam`, and
 * `p ← p − lr · ((1 − μₜ)·g/(1 − Πμ) + μₜ₊₁·m/(1 − Πμ·μₜ₊₁)) / (√(v/(1 − β₂ᵗ)) + eps)`, where `Πμ = μ₁·…·μₜ`.
 *
 * Moments have each parameter's dtype; step count, `Πμ` and corrections are float64. `lr` is 2e-3 unless given.
 *
 * @throws {ValueError} for a negative `lr`, `eps`, `weightDecay` or `momentumDecay`, or a β outside [0, 1)
 * @see Dozat, Incorporating Nesterov Momentum into Adam (2016), https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ
 * @example
 * const w = tensor([1, 2], { dtype: "float64", requiresGrad: true });
 * const optimizer = new NAdam([w], { lr: 0.1, betas: [0, 0.9], eps: 0 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [0.9, 1.9]
 */
export class NAdam extends Optimizer<NAdamOptions> {
  static override readonly name: string = "NAdam";

  constructor(params: ParamsOrGroups<NAdamOptions>, options: NAdamOptions = {}) {
    super(rule, params, options);
  }
}
