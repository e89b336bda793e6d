import { assign, fullLike } from "@tapegrad/tensor";
import { option, ranges } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import type { UpdateRule } from "../optimizer/update-rule.ts";
import { decayOf, type DecoupledDecayOptions, decoupledDecayTable } from "./decoupled-decay.ts";
import { type DescentOptions, descentTable } from "./descent-options.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of {@link Adagrad}. */
export interface AdagradOptions extends DescentOptions, DecoupledDecayOptions {
  /** How fast the rate falls: it is divided by `1 + (t − 1)·lrDecay` in step t; 0 unless given. */
  readonly lrDecay?: number;
  /** The sum of squares before the first step; 0 unless given. */
  readonly initialAccumulatorValue?: number;
  /** Whether eps is added inside the root, in units of the gradient squared, as in Keras and optax; false unless given. */
  readonly epsInside?: boolean;
  /** Added to the root of the sum, in units of the gradient; 1e-10 unless given. */
  readonly eps?: number;
}

/** Complete settings of {@link Adagrad}. */
export type AdagradSettings = Required<AdagradOptions>;

const rule: UpdateRule<AdagradOptions> = {
  name: "Adagrad",
  options: {
    ...descentTable(0.01),
    ...decoupledDecayTable,
    lrDecay: option(ranges.nonNegative, 0),
    initialAccumulatorValue: option(ranges.nonNegative, 0),
    eps: option(ranges.nonNegative, 1e-10),
    epsInside: option(ranges.flag, false),
  },
  initialState: (param, { initialAccumulatorValue }) => ({ sum: fullLike(param, initialAccumulatorValue) }),
  replayable: true,
  update({ slots, step, dtype, group }) {
    const { lrDecay, eps, epsInside } = group.settings;
    const rate = lrDecay === 0 ? group.lr : group.lr.div(step.sub(1).mul(lrDecay).add(1));
    const lr = rate.to(dtype);
    const decay = decayOf(group, dtype);
    for (const { param, state } of slots) {
      const gradient = penalizedGradient(param, group.settings);
      const sum = state["sum"]!.add(gradient.square());
      assign(state["sum"]!, sum);
      const root = epsInside ? sum.add(eps).sqrt() : sum.sqrt().add(eps);
      assign(param, decay(param).sub(gradient.div(root).mul(lr)));
    }
  },
};

/**
 * Adagrad: a rate for each element that falls with the squares of its gradients so far; rare features keep large steps.
 *
 * `s ← s + g²`, `p ← p − lr/(1 + (t − 1)·lrDecay) · g / (√s + eps)`, or `√(s + eps)` with `epsInside`
 *
 * State has each parameter's dtype; the step count is float64. `lr` is 0.01 unless given.
 *
 * @throws {ValueError} for a negative option
 * @see Duchi, Hazan and Singer, Adaptive Subgradient Methods (2011), https://jmlr.org/papers/v12/duchi11a.html
 * @example
 * const w = tensor([1, 2], { dtype: "float64", requiresGrad: true });
 * const optimizer = new Adagrad([w], { lr: 0.1, eps: 0 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [0.9, 1.9]
 */
export class Adagrad extends Optimizer<AdagradOptions> {
  static override readonly name: string = "Adagrad";

  constructor(params: ParamsOrGroups<AdagradOptions>, options: AdagradOptions = {}) {
    super(rule, params, options);
  }
}
