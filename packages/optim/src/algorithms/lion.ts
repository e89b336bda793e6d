import { assign, type Tensor, zerosLike } from "@tapegrad/tensor";
import { option } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import { type ParamsOrGroups } from "../optimizer/param-group.ts";
import type { UpdateRule } from "../optimizer/update-rule.ts";
import { decoupledDecay } from "./decoupled-decay.ts";
import { type DescentOptions, descentTable } from "./descent-options.ts";
import { betasRange, firstBeta } from "./moment-options.ts";
import { movingAverage, weightsFor } from "./moving-average.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of {@link Lion}. */
export interface LionOptions extends DescentOptions {
  /** Share of the momentum in the step, and decay of the momentum; `[0.9, 0.99]` unless given. */
  readonly betas?: readonly [number, number];
}

/** Complete settings of {@link Lion}. */
export type LionSettings = Required<LionOptions>;

const rule: UpdateRule<LionOptions> = {
  name: "Lion",
  options: {
    ...descentTable(1e-4),
    betas: option(betasRange, [0.9, 0.99]),
  },
  momentum: firstBeta,
  initialState: (param) => ({ exp_avg: zerosLike(param) }),
  replayable: true,
  update({ slots, dtype, group }) {
    const { betas, weightDecay, maximize } = group.settings;
    const lr = group.lr.to(dtype);
    const { keep, rest } = weightsFor(group.momentum as Tensor, dtype);
    const decay = decoupledDecay(group, dtype, weightDecay);
    for (const { param, state } of slots) {
      const gradient = penalizedGradient(param, { maximize });
      const average = state["exp_avg"]!;
      const direction = average.mul(keep).add(gradient.mul(rest)).sign();
      movingAverage(average, gradient, { keep: betas[1], rest: 1 - betas[1] });
      assign(param, decay(param).sub(direction.mul(lr)));
    }
  },
};

/**
 * Lion: steps of `lr` in the direction of the sign of a momentum, with half the state of Adam.
 *
 * `u = sign(β₁·m + (1 − β₁)·g)`, `m ← β₂·m + (1 − β₂)·g`, `p ← (1 − lr·weightDecay)·p − lr·u`
 *
 * State has each parameter's dtype. `lr` is 1e-4 unless given, about a tenth of AdamW's. Weight decay is decoupled.
 *
 * @throws {ValueError} for a negative `lr` or `weightDecay`, or a β outside [0, 1)
 * @see Chen et al., Symbolic Discovery of Optimization Algorithms (2023), https://arxiv.org/abs/2302.06675
 * @example
 * const w = tensor([1, -2], { dtype: "float64", requiresGrad: true });
 * const optimizer = new Lion([w], { lr: 0.25 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [0.75, -1.75]
 */
export class Lion extends Optimizer<LionOptions> {
  static override readonly name: string = "Lion";

  constructor(params: ParamsOrGroups<LionOptions>, options: LionOptions = {}) {
    super(rule, params, options);
  }
}
