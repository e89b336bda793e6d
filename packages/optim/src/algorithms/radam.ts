import { assign, full, type Tensor, where, zerosLike } from "@tapegrad/tensor";
import { Optimizer } from "../optimizer/optimizer.ts";
import { type ParamsOrGroups } from "../optimizer/param-group.ts";
import { scalar } from "../optimizer/scalar.ts";
import type { UpdateBatch, UpdateRule } from "../optimizer/update-rule.ts";
import { decayOf, type DecoupledDecayOptions, decoupledDecayTable } from "./decoupled-decay.ts";
import { firstBeta, type MomentOptions, momentTable } from "./moment-options.ts";
import { movingAverage, weightsFor } from "./moving-average.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of {@link RAdam}. */
export type RAdamOptions = MomentOptions & DecoupledDecayOptions;

/** Complete settings of {@link RAdam}. */
export type RAdamSettings = Required<RAdamOptions>;

const rule: UpdateRule<RAdamOptions> = {
  name: "RAdam",
  options: {
    ...momentTable(1e-3),
    ...decoupledDecayTable,
  },
  momentum: firstBeta,
  initialState: (param) => ({ exp_avg: zerosLike(param), exp_avg_sq: zerosLike(param) }),
  replayable: true,
  update: updateRAdam,
};

/** Whether the second moment may be used, and the rate with or without it. */
function rectify({ step, group }: UpdateBatch<RAdamSettings>): { readonly adaptive: Tensor; readonly rate: Tensor } {
  const beta2 = group.settings.betas[1];
  const one = scalar(1);
  const power = scalar(beta2).pow(step);
  const correction2 = one.sub(power);
  const longest = 2 / (1 - beta2) - 1;
  const length = step.mul(power).mul(-2).div(correction2).add(longest);
  const adaptive = length.gt(5);
  const share = length.sub(4).mul(length.sub(2)).div(length);
  const variance = share.mul(longest / ((longest - 4) * (longest - 2)));
  const plain = group.lr.div(one.sub((group.momentum as Tensor).pow(step)));
  // Both sides exist in every step, so that a compiled step contains the change from one to the other.
  return { adaptive, rate: where(adaptive, plain.mul(variance.mul(correction2).sqrt()), plain) };
}

function updateRAdam(batch: UpdateBatch<RAdamSettings>): void {
  const { slots, dtype, group } = batch;
  const { betas, eps } = group.settings;
  const first = weightsFor(group.momentum as Tensor, dtype);
  const second = { keep: full([], betas[1], { dtype }), rest: full([], 1 - betas[1], { dtype }) };
  const { adaptive, rate } = rectify(batch);
  const [plain, factor] = [full([], 1, { dtype }), rate.to(dtype)];
  const decay = decayOf(group, dtype);
  for (const { param, state } of slots) {
    const gradient = penalizedGradient(param, group.settings);
    const m = movingAverage(state["exp_avg"]!, gradient, first);
    const v = movingAverage(state["exp_avg_sq"]!, gradient.square(), second);
    const scale = where(adaptive, v.sqrt().add(eps), plain);
    assign(param, decay(param).sub(m.div(scale).mul(factor)));
  }
}

/**
 * RAdam: Adam that does without the second moment while that rests on too few steps, so that it needs no warm-up.
 *
 * `ρ∞ = 2/(1 − β₂) − 1`, `ρₜ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ)`, `m` and `v` as in `Adam`. For `ρₜ > 5`
 * `p ← p − lr · m/(1 − β₁ᵗ) · r·√(1 − β₂ᵗ)/(√v + eps)` with `r² = (ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ)`,
 * otherwise `p ← p − lr · m/(1 − β₁ᵗ)`.
 *
 * Moments have each parameter's dtype; step count and corrections are float64. `lr` is 1e-3 unless given.
 *
 * @throws {ValueError} for a negative `lr`, `eps` or `weightDecay`, or a β outside [0, 1)
 * @see Liu et al., On the Variance of the Adaptive Learning Rate and Beyond (2019), https://arxiv.org/abs/1908.03265
 * @example
 * const w = tensor([1, 2], { dtype: "float64", requiresGrad: true });
 * const optimizer = new RAdam([w], { lr: 0.1 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [0.8, 1.6]
 */
export class RAdam extends Optimizer<RAdamOptions> {
  static override readonly name: string = "RAdam";

  constructor(params: ParamsOrGroups<RAdamOptions>, options: RAdamOptions = {}) {
    super(rule, params, options);
  }
}
