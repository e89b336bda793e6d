import { assign, fullLike, where, zerosLike } from "@tapegrad/tensor";
import { option, ranges } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import { scalar } from "../optimizer/scalar.ts";
import type { UpdateRule } from "../optimizer/update-rule.ts";
import { decoupledDecay } from "./decoupled-decay.ts";
import { type DescentOptions, descentTable } from "./descent-options.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of {@link Ftrl}. */
export interface FtrlOptions extends DescentOptions {
  /** Exponent of the sum of squares in the rate, at most 0; −0.5 unless given, 0 for a rate that stays. */
  readonly lrPower?: number;
  /** The sum of squares before the first step; 0.1 unless given. */
  readonly initialAccumulatorValue?: number;
  /** Strength of the L1 penalty, which makes elements 0; 0 unless given. */
  readonly l1?: number;
  /** Strength of the L2 penalty that steadies the solution; 0 unless given. */
  readonly l2?: number;
  /** Strength of an L2 penalty on the present value, whose slope is added to the gradient; 0 unless given. */
  readonly l2Shrinkage?: number;
  /** Added to the root of the sum of squares, which makes the first steps smaller; 0 unless given. */
  readonly beta?: number;
}

/** Complete settings of {@link Ftrl}. */
export type FtrlSettings = Required<FtrlOptions>;

const rule: UpdateRule<FtrlOptions> = {
  name: "Ftrl",
  options: {
    ...descentTable(1e-3),
    lrPower: option(
      ranges.numbers("≤ 0", (x) => x <= 0 && x > -Infinity),
      -0.5,
    ),
    initialAccumulatorValue: option(ranges.nonNegative, 0.1),
    l1: option(ranges.nonNegative, 0),
    l2: option(ranges.nonNegative, 0),
    l2Shrinkage: option(ranges.nonNegative, 0),
    beta: option(ranges.nonNegative, 0),
  },
  initialState: (param, { initialAccumulatorValue }) => ({
    accumulator: fullLike(param, initialAccumulatorValue),
    linear: zerosLike(param),
  }),
  replayable: true,
  update({ slots, dtype, group }) {
    const { lrPower, l1, l2, l2Shrinkage, beta, maximize, weightDecay } = group.settings;
    // A rate of 0, as at the start of a warm-up, changes nothing: the leader would be divided by it.
    const moves = group.lr.ne(0);
    const lr = where(moves, group.lr, scalar(1));
    const rate = lr.to(dtype);
    const strength = scalar(beta)
      .div(lr)
      .add(2 * l2)
      .to(dtype);
    const decay = decoupledDecay(group, dtype, weightDecay);
    for (const { param, state } of slots) {
      const gradient = penalizedGradient(param, { maximize });
      const before = decay(param);
      const [squares, linear] = [state["accumulator"]!, state["linear"]!];
      const sum = squares.add(gradient.square());
      const power = sum.pow(-lrPower);
      const sigma = power.sub(squares.pow(-lrPower)).div(rate);
      const followed = l2Shrinkage === 0 ? gradient : gradient.add(before.mul(2 * l2Shrinkage));
      const z = linear.add(followed.sub(sigma.mul(before)));
      const quadratic = power.div(rate).add(strength);
      // Without a gradient so far there is nothing to follow.
      const isKnown = quadratic.ne(0).logicalAnd(moves);
      const leader = z
        .clamp(-l1, l1)
        .sub(z)
        .div(where(isKnown, quadratic, 1));
      assign(squares, where(moves, sum, squares));
      assign(linear, where(moves, z, linear));
      assign(param, where(isKnown, leader, before));
    }
  },
};

/**
 * Follow the regularised leader: for large sparse linear models, whose weights `l1` makes exactly 0.
 *
 * `n′ = n + g²`, `z ← z + g + 2·l2Shrinkage·p − (n′^−lrPower − n^−lrPower)/lr · p`, `n ← n′`, and
 * `p ← (clip(z, −l1, l1) − z) / (n^−lrPower/lr + beta/lr + 2·l2)`
 *
 * Keras' formula; `weightDecay` is decoupled, as there. The parameter is what sums of gradients say: of what it was before
 * the first step little stays, so begin with zeros. State has each parameter's dtype. `lr` is 1e-3 unless given, and a
 * step with a rate of 0 changes nothing.
 *
 * @throws {ValueError} for a negative option, or an `lrPower` above 0
 * @see McMahan et al., Ad Click Prediction: a View from the Trenches (2013), https://doi.org/10.1145/2487575.2488200
 * @example
 * const w = tensor([0, 0], { dtype: "float64", requiresGrad: true });
 * const optimizer = new Ftrl([w], { lr: 0.5, initialAccumulatorValue: 0, l1: 1 });
 * w.mul(tensor([4, 0.5])).sum().backward();
 * optimizer.step();
 * w.toArray(); // => [-0.375, 0]
 */
export class Ftrl extends Optimizer<FtrlOptions> {
  static override readonly name: string = "Ftrl";

  constructor(params: ParamsOrGroups<FtrlOptions>, options: FtrlOptions = {}) {
    super(rule, params, options);
  }
}
