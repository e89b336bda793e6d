import { assign, zerosLike } from "@tapegrad/tensor";
import { option, ranges } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import type { UpdateRule } from "../optimizer/update-rule.ts";
import { decayOf, type DecoupledDecayOptions, decoupledDecayTable } from "./decoupled-decay.ts";
import { type DescentOptions, descentTable } from "./descent-options.ts";
import { movingAverage } from "./moving-average.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of {@link Adadelta}. */
export interface AdadeltaOptions extends DescentOptions, DecoupledDecayOptions {
  /** Decay of both mean squares per step, in [0, 1]; 0.9 unless given. */
  readonly rho?: number;
  /** Added inside both roots, in units of the gradient and of the parameter squared; 1e-6 unless given. */
  readonly eps?: number;
}

/** Complete settings of {@link Adadelta}. */
export type AdadeltaSettings = Required<AdadeltaOptions>;

const rule: UpdateRule<AdadeltaOptions> = {
  name: "Adadelta",
  options: {
    ...descentTable(1),
    ...decoupledDecayTable,
    rho: option(ranges.unit, 0.9),
    eps: option(ranges.nonNegative, 1e-6),
  },
  initialState: (param) => ({ square_avg: zerosLike(param), acc_delta: zerosLike(param) }),
  replayable: true,
  update({ slots, dtype, group }) {
    const { rho, eps } = group.settings;
    const weights = { keep: rho, rest: 1 - rho };
    const lr = group.lr.to(dtype);
    const decay = decayOf(group, dtype);
    for (const { param, state } of slots) {
      const gradient = penalizedGradient(param, group.settings);
      const square = movingAverage(state["square_avg"]!, gradient.square(), weights);
      const steps = state["acc_delta"]!;
      const change = steps.add(eps).sqrt().div(square.add(eps).sqrt()).mul(gradient);
      movingAverage(steps, change.square(), weights);
      assign(param, decay(param).sub(change.mul(lr)));
    }
  },
};

/**
 * Adadelta: steps as large as recent steps, in the proportion of the gradient to recent gradients.
 *
 * `s ← ρ·s + (1 − ρ)·g²`, `d = √(u + eps)/√(s + eps) · g`, `u ← ρ·u + (1 − ρ)·d²`, `p ← p − lr·d`
 *
 * State has each parameter's dtype. `lr` is 1 unless given: steps have the parameter's units by themselves.
 *
 * @throws {ValueError} for a negative `lr`, `eps` or `weightDecay`, or `rho` outside [0, 1]
 * @see Zeiler, ADADELTA: An Adaptive Learning Rate Method (2012), https://arxiv.org/abs/1212.5701
 * @example
 * const w = tensor([1, 2], { dtype: "float64", requiresGrad: true });
 * const optimizer = new Adadelta([w], { lr: 0.5, rho: 0.75, eps: 3 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [0.13397, 0.69069]
 */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  static override readonly name: string = "Adadelta";

  constructor(params: ParamsOrGroups<AdadeltaOptions>, options: AdadeltaOptions = {}) {
    super(rule, params, options);
  }
}
