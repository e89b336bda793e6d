import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import { type AdamOptions, adamRule } from "./adam-rule.ts";

const rule = adamRule("Adam", { decoupled: false, standard: 0 });

/**
 * Adam: steps of about `lr` whatever the gradient's scale.
 *
 * `m ← β₁·m + (1 − β₁)·g`, `v ← β₂·v + (1 − β₂)·g²`, `p ← p − lr · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + eps)`;
 * `weightDecay · p` is added to `g` first. With `amsgrad`, `v` is replaced by its largest value so far.
 *
 * Moments have each parameter's dtype; step count and bias corrections are float64.
 *
 * @throws {ValueError} for a negative `lr`, `eps` or `weightDecay`, or a β outside [0, 1)
 *
 * Kingma and Ba, Adam: A Method for Stochastic Optimization (2014), https://arxiv.org/abs/1412.6980;
 * Reddi et al., On the Convergence of Adam and Beyond (2018), https://arxiv.org/abs/1904.09237
 *
 * @example
 * const w = tensor([1, 2], { dtype: "float64", requiresGrad: true });
 * const optimizer = new Adam([w], { lr: 0.1, eps: 0 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [0.9, 1.9]
 */
export class Adam extends Optimizer<AdamOptions> {
  constructor(params: ParamsOrGroups<AdamOptions>, options: AdamOptions = {}) {
    super(rule, params, options);
  }
}
