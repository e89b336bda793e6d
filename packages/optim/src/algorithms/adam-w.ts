import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import { type AdamOptions, adamRule } from "./adam.ts";

const rule = adamRule("AdamW", { decoupled: true, standard: 0.01 });

/**
 * Adam with decoupled weight decay: the decay shrinks the parameter and does not enter the moments.
 *
 * `p ← (1 − lr·weightDecay)·p`, then the step of `Adam` without its penalty; `lr` is 1e-3 and `weightDecay` 0.01 unless given.
 *
 * Moments have each parameter's dtype; step count and bias corrections are float64.
 *
 * @throws {ValueError} for a negative `lr`, `eps` or `weightDecay`, or a β outside [0, 1)
 * @see Loshchilov and Hutter, Decoupled Weight Decay Regularization (2017), https://arxiv.org/abs/1711.05101
 * @example
 * const w = tensor([1, 2], { dtype: "float64", requiresGrad: true });
 * const optimizer = new AdamW([w], { lr: 0.5, weightDecay: 1, eps: 0 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [0, 0.5]
 */
export class AdamW extends Optimizer<AdamOptions> {
  static override readonly name: string = "AdamW";

  constructor(params: ParamsOrGroups<AdamOptions>, options: AdamOptions = {}) {
    super(rule, params, options);
  }
}
