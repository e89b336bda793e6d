import { assign, type Tensor, where, zerosLike } from "@tapegrad/tensor";
import { option, ranges } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import { scalar } from "../optimizer/scalar.ts";
import type { UpdateRule } from "../optimizer/update-rule.ts";
import { type DescentOptions, descentTable } from "./descent-options.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of {@link ASGD}. */
export interface ASGDOptions extends DescentOptions {
  /** Decay of the parameters, and of the rate; 1e-4 unless given. */
  readonly lambd?: number;
  /** Exponent of the rate's decay; 0.75 unless given. */
  readonly alpha?: number;
  /** Step at which averaging begins; 1e6 unless given. */
  readonly t0?: number;
}

/** Complete settings of {@link ASGD}. */
export type ASGDSettings = Required<ASGDOptions>;

const rule: UpdateRule<ASGDOptions> = {
  name: "ASGD",
  options: {
    ...descentTable(0.01),
    lambd: option(ranges.nonNegative, 1e-4),
    alpha: option(ranges.nonNegative, 0.75),
    t0: option(ranges.nonNegative, 1e6),
  },
  scalars: ["eta", "mu"],
  initialState: (param) => ({ eta: scalar(0), mu: scalar(1), ax: zerosLike(param) }),
  replayable: true,
  update({ slots, step, dtype, group }) {
    const { lambd, alpha, t0 } = group.settings;
    const isFirst = step.eq(1);
    const nextEta = group.lr.div(group.lr.mul(lambd).mul(step).add(1).pow(alpha));
    const nextMu = step.sub(t0).maximum(1).reciprocal();
    for (const { param, state } of slots) {
      const gradient = penalizedGradient(param, group.settings);
      const eta: Tensor = where(isFirst, group.lr, state["eta"]!);
      const share = state["mu"]!.to(dtype);
      const kept = scalar(1).sub(eta.mul(lambd)).to(dtype);
      const next = param.mul(kept).sub(gradient.mul(eta.to(dtype)));
      const average = state["ax"]!;
      assign(average, average.add(next.sub(average).mul(share)));
      assign(param, next);
      assign(state["eta"]!, nextEta);
      assign(state["mu"]!, nextMu);
    }
  },
};

/**
 * Averaged stochastic gradient descent: a falling rate, and an average of the parameters from step `t0` on in the state `ax`.
 *
 * `p ← (1 − lambd·η)·p − η·g`, `a ← a + μ·(p − a)`, `η ← lr/(1 + lambd·lr·t)^alpha`, `μ ← 1/max(1, t − t0)`
 *
 * The average has each parameter's dtype; step count, η and μ are float64. `lr` is 0.01 unless given. Of averages over
 * whatever optimizer there is `WeightAverage`.
 *
 * @throws {ValueError} for a negative option
 * @see Polyak and Juditsky, Acceleration of Stochastic Approximation by Averaging (1992), https://doi.org/10.1137/0330046
 * @example
 * const w = tensor([1, 2], { dtype: "float64", requiresGrad: true });
 * const optimizer = new ASGD([w], { lr: 0.25, lambd: 0 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [0.5, 1]
 * optimizer.stateDict().state[0]?.["ax"]?.toArray(); // => [0.5, 1]
 */
export class ASGD extends Optimizer<ASGDOptions> {
  static override readonly name: string = "ASGD";

  constructor(params: ParamsOrGroups<ASGDOptions>, options: ASGDOptions = {}) {
    super(rule, params, options);
  }
}
