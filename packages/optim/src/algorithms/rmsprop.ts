import { assign, zerosLike } from "@tapegrad/tensor";
import { option, ranges } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import type { UpdateRule } from "../optimizer/update-rule.ts";
import { decayOf, type DecoupledDecayOptions, decoupledDecayTable } from "./decoupled-decay.ts";
import { type DescentOptions, descentTable } from "./descent-options.ts";
import { momentumUnlessZero } from "./momentum-unless-zero.ts";
import { movingAverage } from "./moving-average.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of {@link RMSprop}. */
export interface RMSpropOptions extends DescentOptions, DecoupledDecayOptions {
  /** Decay of the mean square per step, in [0, 1]; 0.99 unless given. */
  readonly alpha?: number;
  /** Whether eps is added inside the root, in units of the gradient squared, as in Keras and optax; false unless given. */
  readonly epsInside?: boolean;
  /** Added to the root of the mean square, in units of the gradient; 1e-8 unless given. */
  readonly eps?: number;
  /** Share of the previous step that is kept; 0 unless given. */
  readonly momentum?: number;
  /** Divide by the standard deviation of the gradient instead of its root mean square. */
  readonly centered?: boolean;
}

/** Complete settings of {@link RMSprop}. */
export type RMSpropSettings = Required<RMSpropOptions>;

const rule: UpdateRule<RMSpropOptions> = {
  name: "RMSprop",
  options: {
    ...descentTable(0.01),
    ...decoupledDecayTable,
    alpha: option(ranges.unit, 0.99),
    eps: option(ranges.nonNegative, 1e-8),
    epsInside: option(ranges.flag, false),
    momentum: option(ranges.nonNegative, 0),
    centered: option(ranges.flag, false),
  },
  momentum: momentumUnlessZero,
  initialState: (param, { momentum, centered }) => ({
    square_avg: zerosLike(param),
    ...(momentum === 0 ? {} : { momentum_buffer: zerosLike(param) }),
    ...(centered ? { grad_avg: zerosLike(param) } : {}),
  }),
  replayable: true,
  update({ slots, dtype, group }) {
    const { alpha, eps, epsInside } = group.settings;
    const weights = { keep: alpha, rest: 1 - alpha };
    const lr = group.lr.to(dtype);
    const momentum = group.momentum?.to(dtype);
    const decay = decayOf(group, dtype);
    for (const { param, state } of slots) {
      const gradient = penalizedGradient(param, group.settings);
      let square = movingAverage(state["square_avg"]!, gradient.square(), weights);
      const mean = state["grad_avg"];
      if (mean !== undefined) {
        // Rounding can take the variance below 0, and its root would be NaN for ever.
        square = square.sub(movingAverage(mean, gradient, weights).square()).maximum(0);
      }
      let change = gradient.div(epsInside ? square.add(eps).sqrt() : square.sqrt().add(eps));
      const buffer = state["momentum_buffer"];
      if (momentum !== undefined && buffer !== undefined) {
        change = buffer.mul(momentum).add(change);
        assign(buffer, change);
      }
      assign(param, decay(param).sub(change.mul(lr)));
    }
  },
};

/**
 * RMSprop: the gradient divided by its running root mean square.
 *
 * `s ← α·s + (1 − α)·g²`, `p ← p − lr · g / (√s + eps)`; with `centered`, `s` is replaced by `s − ḡ²`, where
 * `ḡ ← α·ḡ + (1 − α)·g`; with `epsInside`, `√s + eps` by `√(s + eps)`; with momentum μ, `b ← μ·b + g / (√s + eps)` and `p ← p − lr·b`.
 *
 * State has each parameter's dtype. `lr` is 0.01 unless given.
 *
 * @throws {ValueError} for a negative `lr`, `eps`, `momentum` or `weightDecay`, or `alpha` outside [0, 1]
 *
 * Tieleman and Hinton, Lecture 6.5 (2012), https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf;
 * Graves, Generating Sequences With Recurrent Neural Networks (2013), https://arxiv.org/abs/1308.0850, for `centered`
 * @example
 * const w = tensor([1, 2], { dtype: "float64", requiresGrad: true });
 * const optimizer = new RMSprop([w], { lr: 0.1, alpha: 0.75, eps: 0 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [0.8, 1.8]
 */
export class RMSprop extends Optimizer<RMSpropOptions> {
  static override readonly name: string = "RMSprop";

  constructor(params: ParamsOrGroups<RMSpropOptions>, options: RMSpropOptions = {}) {
    super(rule, params, options);
  }
}
