import { assign, full, type Tensor, zerosLike } from "@tapegrad/tensor";
import { option, ranges } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import { type ParamsOrGroups } from "../optimizer/param-group.ts";
import { scalar } from "../optimizer/scalar.ts";
import type { UpdateBatch, UpdateRule } from "../optimizer/update-rule.ts";
import { decoupledDecay } from "./decoupled-decay.ts";
import { firstBeta, type MomentOptions, momentTable } from "./moment-options.ts";
import { type AverageWeights, movingAverage, weightsFor } from "./moving-average.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of `Adam` and `AdamW`. */
export interface AdamOptions extends MomentOptions {
  /** Divide by the largest second moment so far. */
  readonly amsgrad?: boolean;
  /**
   * Whether eps is added before the second moment is corrected, `√v + eps`, as Keras does: the ε̂ of the paper, which
   * weighs more in the first steps. False unless given.
   */
  readonly epsHat?: boolean;
  /** Whether both moments are corrected for their start at 0; true unless given. */
  readonly biasCorrection?: boolean;
}

/** Complete settings of `Adam` and `AdamW`. */
export type AdamSettings = Required<AdamOptions>;

/** The rule of Adam, with its weight decay coupled to the gradient or decoupled from it. */
export function adamRule(
  name: string,
  decay: { readonly decoupled: boolean; readonly standard: number },
): UpdateRule<AdamOptions> {
  return {
    name,
    options: {
      ...momentTable(1e-3, decay.standard),
      amsgrad: option(ranges.flag, false),
      epsHat: option(ranges.flag, false),
      biasCorrection: option(ranges.flag, true),
    },
    momentum: firstBeta,
    initialState: (param, { amsgrad }) => ({
      exp_avg: zerosLike(param),
      exp_avg_sq: zerosLike(param),
      ...(amsgrad ? { max_exp_avg_sq: zerosLike(param) } : {}),
    }),
    replayable: true,
    update: (batch) => updateAdam(batch, decay.decoupled),
  };
}

/** Coefficients of one step, shared by all parameters of a batch. */
interface StepScalars {
  readonly first: AverageWeights;
  readonly second: AverageWeights;
  /** `lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ)` */
  readonly rate: Tensor;
  /** `eps · √(1 − β₂ᵗ)`, or `eps` if it is ε̂ */
  readonly eps: Tensor;
}

// Both bias corrections move into scalars: m̂ / (√v̂ + eps) = m / (√v + eps·√c₂) · √c₂ / c₁,
// with cᵢ = 1 − βᵢᵗ in float64. What remains per parameter is the fewest passes over its elements.
function stepScalars({ step, dtype, group }: UpdateBatch<AdamSettings>): StepScalars {
  const { betas, eps, epsHat, biasCorrection } = group.settings;
  const one = scalar(1);
  const beta1 = group.momentum as Tensor;
  const correction1 = biasCorrection ? one.sub(beta1.pow(step)) : one;
  const root2 = biasCorrection ? one.sub(scalar(betas[1]).pow(step)).sqrt() : one;
  return {
    first: weightsFor(beta1, dtype),
    second: { keep: full([], betas[1], { dtype }), rest: full([], 1 - betas[1], { dtype }) },
    rate: group.lr.mul(root2).div(correction1).to(dtype),
    eps: (epsHat ? one : root2).mul(eps).to(dtype),
  };
}

/** One step of Adam, or with `decoupled` of AdamW. */
export function updateAdam(batch: UpdateBatch<AdamSettings>, decoupled: boolean): void {
  const { weightDecay, maximize } = batch.group.settings;
  const { first, second, rate, eps } = stepScalars(batch);
  const decay = decoupledDecay(batch.group, batch.dtype, decoupled ? weightDecay : 0);
  for (const { param, state } of batch.slots) {
    const gradient = penalizedGradient(param, { maximize, weightDecay: decoupled ? 0 : weightDecay });
    const m = movingAverage(state["exp_avg"]!, gradient, first);
    const v = movingAverage(state["exp_avg_sq"]!, gradient.square(), second);
    const largest = state["max_exp_avg_sq"];
    const scale = largest === undefined ? v : largest.maximum(v);
    if (largest !== undefined) assign(largest, scale);
    assign(param, decay(param).sub(m.div(scale.sqrt().add(eps)).mul(rate)));
  }
}

const rule = adamRule("Adam", { decoupled: false, standard: 0 });

/**
 * Adam: steps of about `lr` whatever the gradient's scale.
 *
 * `m ← β₁·m + (1 − β₁)·g`, `v ← β₂·v + (1 − β₂)·g²`, `p ← p − lr · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + eps)`;
 * `weightDecay · p` is added to `g` first. With `amsgrad`, `v` is replaced by its largest value so far. With `epsHat` the
 * step is `lr · √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + eps)`; without `biasCorrection` it is `lr · m / (√v + eps)`.
 *
 * Moments have each parameter's dtype; step count and bias corrections are float64. `lr` is 1e-3 unless given.
 *
 * @throws {ValueError} for a negative `lr`, `eps` or `weightDecay`, or a β outside [0, 1)
 * @see Kingma and Ba, Adam: A Method for Stochastic Optimization (2014), https://arxiv.org/abs/1412.6980;
 * Reddi et al., On the Convergence of Adam and Beyond (2018), https://arxiv.org/abs/1904.09237
 * @example
 * const w = tensor([1, 2], { dtype: "float64", requiresGrad: true });
 * const optimizer = new Adam([w], { lr: 0.1, eps: 0 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [0.9, 1.9]
 */
export class Adam extends Optimizer<AdamOptions> {
  static override readonly name: string = "Adam";

  constructor(params: ParamsOrGroups<AdamOptions>, options: AdamOptions = {}) {
    super(rule, params, options);
  }
}
