import { assign, full, type Tensor, zerosLike } from "@tapegrad/tensor";
import { expectNumber, fraction, nonNegative } from "../expect-number.ts";
import { scalar } from "../optimizer/param-group.ts";
import type { UpdateBatch, UpdateRule } from "../optimizer/update-rule.ts";

/** Options of `Adam` and `AdamW`. */
export interface AdamOptions {
  /** Learning rate; 1e-3 unless given. */
  readonly lr?: number;
  /** Decay of the first and the second moment per step; `[0.9, 0.999]` unless given. */
  readonly betas?: readonly [number, number];
  /** Added to the root of the second moment, in units of the gradient; 1e-8 unless given. */
  readonly eps?: number;
  /** Adam: L2 penalty added to the gradient, 0 unless given. AdamW: decay of the parameter, 0.01 unless given. */
  readonly weightDecay?: number;
  /** Divide by the largest second moment so far. */
  readonly amsgrad?: boolean;
  /** Ascend instead of descend. */
  readonly maximize?: boolean;
}

/** Complete settings of `Adam` and `AdamW`. */
export type AdamSettings = Required<AdamOptions>;

/** The rule of Adam, with its weight decay coupled to the gradient or decoupled from it. */
export function adamRule(
  name: string,
  decay: { readonly decoupled: boolean; readonly standard: number },
): UpdateRule<AdamOptions, AdamSettings> {
  return {
    name,
    optionNames: ["lr", "betas", "eps", "weightDecay", "amsgrad", "maximize"],
    settle(options) {
      const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, amsgrad = false, maximize = false } = options;
      const { weightDecay = decay.standard } = options;
      expectNumber(name, "lr", lr, nonNegative);
      expectNumber(name, "betas[0]", betas[0], fraction);
      expectNumber(name, "betas[1]", betas[1], fraction);
      expectNumber(name, "eps", eps, nonNegative);
      expectNumber(name, "weightDecay", weightDecay, nonNegative);
      return { lr, betas: [betas[0], betas[1]], eps, weightDecay, amsgrad, maximize };
    },
    momentum: ({ betas }) => betas[0],
    withMomentum: (settings, momentum) => ({ ...settings, betas: [momentum, settings.betas[1]] }),
    initialState: (param, { amsgrad }) => ({
      exp_avg: zerosLike(param),
      exp_avg_sq: zerosLike(param),
      ...(amsgrad ? { max_exp_avg_sq: zerosLike(param) } : {}),
    }),
    update: (batch) => updateAdam(batch, decay.decoupled),
  };
}

/** Coefficients of one step, shared by all parameters of a batch. */
interface StepScalars {
  readonly beta1: Tensor;
  readonly rest1: Tensor;
  readonly beta2: Tensor;
  readonly rest2: Tensor;
  /** `lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ)` */
  readonly rate: Tensor;
  /** `eps · √(1 − β₂ᵗ)` */
  readonly eps: Tensor;
  /** `1 − lr · weightDecay` */
  readonly keep: Tensor;
}

// Both bias corrections move into scalars: m̂ / (√v̂ + eps) = m / (√v + eps·√c₂) · √c₂ / c₁,
// with cᵢ = 1 − βᵢᵗ in float64. What remains per parameter is the fewest passes over its elements.
function stepScalars({ step, dtype, group }: UpdateBatch<AdamSettings>, decay: number): StepScalars {
  const { betas, eps } = group.settings;
  const one = scalar(1);
  const beta1 = group.momentum as Tensor;
  const correction1 = one.sub(beta1.pow(step));
  const root2 = one.sub(scalar(betas[1]).pow(step)).sqrt();
  return {
    beta1: beta1.to(dtype),
    rest1: one.sub(beta1).to(dtype),
    beta2: full([], betas[1], { dtype }),
    rest2: full([], 1 - betas[1], { dtype }),
    rate: group.lr.mul(root2).div(correction1).to(dtype),
    eps: root2.mul(eps).to(dtype),
    keep: decay === 0 ? one : one.sub(group.lr.mul(decay)).to(dtype),
  };
}

function updateAdam(batch: UpdateBatch<AdamSettings>, decoupled: boolean): void {
  const { weightDecay, maximize } = batch.group.settings;
  const { beta1, rest1, beta2, rest2, rate, eps, keep } = stepScalars(batch, decoupled ? weightDecay : 0);
  for (const { param, state } of batch.slots) {
    let gradient = param.grad as Tensor;
    let before: Tensor = param;
    if (maximize) gradient = gradient.neg();
    if (weightDecay !== 0) {
      if (decoupled) before = param.mul(keep);
      else gradient = gradient.add(param.mul(weightDecay));
    }
    const first = state["exp_avg"] as Tensor;
    const second = state["exp_avg_sq"] as Tensor;
    const largest = state["max_exp_avg_sq"];
    const m = first.mul(beta1).add(gradient.mul(rest1));
    const v = second.mul(beta2).add(gradient.square().mul(rest2));
    const scale = largest === undefined ? v : largest.maximum(v);
    const change = m.div(scale.sqrt().add(eps)).mul(rate);
    assign(first, m);
    assign(second, v);
    if (largest !== undefined) assign(largest, scale);
    assign(param, before.sub(change));
  }
}
