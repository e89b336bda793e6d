import { assign, type Tensor, where, zerosLike } from "@tapegrad/tensor";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import { scalar } from "../optimizer/scalar.ts";
import type { UpdateRule } from "../optimizer/update-rule.ts";
import { firstBeta, type MomentOptions, momentTable } from "./moment-options.ts";
import { weightsFor } from "./moving-average.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of {@link SparseAdam}. */
export type SparseAdamOptions = Omit<MomentOptions, "weightDecay">;

/** Complete settings of {@link SparseAdam}. */
export type SparseAdamSettings = Required<SparseAdamOptions>;

const { weightDecay: _, ...moments } = momentTable(1e-3);

const rule: UpdateRule<SparseAdamOptions> = {
  name: "SparseAdam",
  options: moments,
  momentum: firstBeta,
  initialState: (param) => ({ exp_avg: zerosLike(param), exp_avg_sq: zerosLike(param) }),
  replayable: true,
  update({ slots, step, dtype, group }) {
    const { betas, eps } = group.settings;
    const beta1 = group.momentum as Tensor;
    const one = scalar(1);
    const { keep, rest } = weightsFor(beta1, dtype);
    const root2 = one.sub(scalar(betas[1]).pow(step)).sqrt();
    const rate = group.lr
      .mul(root2)
      .div(one.sub(beta1.pow(step)))
      .to(dtype);
    for (const { param, state } of slots) {
      const gradient = penalizedGradient(param, group.settings);
      const touched = rowsOf(gradient);
      const [first, second] = [state["exp_avg"]!, state["exp_avg_sq"]!];
      const m = first.mul(keep).add(gradient.mul(rest));
      const v = second.mul(betas[1]).add(gradient.square().mul(1 - betas[1]));
      assign(first, where(touched, m, first));
      assign(second, where(touched, v, second));
      assign(param, where(touched, param.sub(m.div(v.sqrt().add(eps)).mul(rate)), param));
    }
  },
};

/** Which rows, counted along the first axis, have anything but zeros: NaN is something. */
function rowsOf(gradient: Tensor): Tensor {
  const nonzero = gradient.ne(0);
  if (gradient.ndim < 2) return nonzero;
  const others = Array.from({ length: gradient.ndim - 1 }, (__, axis) => axis + 1);
  return nonzero.sum({ axis: others, keepDims: true }).gt(0);
}

/**
 * Adam for embeddings: rows that were not looked up keep values and moments, where Adam would move them on by old momentum.
 *
 * In rows `i` whose gradient is not all zeros, `m[i]` and `v[i]` move as in `Adam`, and
 * `p[i] ← p[i] − lr · √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m[i]/(√v[i] + eps)`; rows are counted along the first axis.
 *
 * Gradients are dense here: a row that was looked up and whose gradient is 0 in every element counts as not looked up,
 * and all rows are read. Moments have each parameter's dtype; step count, one for all rows, and corrections are float64.
 * `lr` is 1e-3 unless given.
 *
 * @throws {ValueError} for a negative `lr` or `eps`, or a β outside [0, 1)
 * @see Kingma and Ba, Adam: A Method for Stochastic Optimization (2014), https://arxiv.org/abs/1412.6980
 * @example
 * const table = tensor([[1], [2], [3]], { dtype: "float64", requiresGrad: true });
 * const optimizer = new SparseAdam([table], { lr: 0.5, eps: 0 });
 * table.at([0, 2]).square().sum().backward();
 * optimizer.step();
 * table.toArray(); // => [[0.5], [1.5], [3]]
 */
export class SparseAdam extends Optimizer<SparseAdamOptions> {
  static override readonly name: string = "SparseAdam";

  constructor(params: ParamsOrGroups<SparseAdamOptions>, options: SparseAdamOptions = {}) {
    super(rule, params, options);
  }
}
