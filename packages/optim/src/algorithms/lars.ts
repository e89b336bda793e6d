import { assign, ValueError, zerosLike } from "@tapegrad/tensor";
import { option, ranges } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import type { UpdateRule } from "../optimizer/update-rule.ts";
import { type DescentOptions, descentTable } from "./descent-options.ts";
import { momentumUnlessZero } from "./momentum-unless-zero.ts";
import { penalizedGradient } from "./penalized-gradient.ts";
import { trustRatio, type TrustOptions, trustTable } from "./trust-ratio.ts";
import { wholeNorm } from "./whole-norm.ts";

/** Options of {@link LARS}. */
export interface LARSOptions extends DescentOptions, TrustOptions {
  /** Share of the previous step that is kept; 0.9 unless given. */
  readonly momentum?: number;
  /** Look ahead along the momentum; needs momentum. */
  readonly nesterov?: boolean;
  /** Size of a step of rate 1, as part of the parameter's norm; 1e-3 unless given. */
  readonly trustCoefficient?: number;
  /** Added to the norm of the gradient; 0 unless given. */
  readonly eps?: number;
}

/** Complete settings of {@link LARS}. */
export type LARSSettings = Required<LARSOptions>;

const rule: UpdateRule<LARSOptions> = {
  name: "LARS",
  options: {
    ...descentTable(0.1),
    momentum: option(ranges.nonNegative, 0.9),
    nesterov: option(ranges.flag, false),
    trustCoefficient: option(ranges.positive, 1e-3),
    eps: option(ranges.nonNegative, 0),
    ...trustTable,
  },
  check(fn, { nesterov, momentum }) {
    if (nesterov && momentum === 0) throw new ValueError(`${fn}: expected momentum > 0 with nesterov, got momentum 0.`);
  },
  momentum: momentumUnlessZero,
  initialState: (param, { momentum }) => (momentum === 0 ? {} : { momentum_buffer: zerosLike(param) }),
  replayable: true,
  update({ slots, dtype, group }) {
    const { weightDecay, nesterov, trustCoefficient, eps, trustRatio: isScaled, maximize } = group.settings;
    const momentum = group.momentum?.to(dtype);
    for (const { param, state } of slots) {
      const gradient = penalizedGradient(param, { maximize });
      const [weight, slope] = [wholeNorm(param), wholeNorm(gradient)];
      const divisor = slope.add(weight.mul(weightDecay)).add(eps).div(trustCoefficient);
      const rate = isScaled ? group.lr.mul(trustRatio(weight, slope, divisor)) : group.lr;
      let change = penalizedGradient(param, group.settings).mul(rate.to(dtype));
      const buffer = state["momentum_buffer"];
      if (momentum !== undefined && buffer !== undefined) {
        const velocity = buffer.mul(momentum).add(change);
        assign(buffer, velocity);
        change = nesterov ? change.add(velocity.mul(momentum)) : velocity;
      }
      assign(param, param.sub(change));
    }
  },
};

/**
 * LARS: gradient descent whose rate in each parameter follows its norm: for large batches.
 *
 * `λ = trustCoefficient · ‖p‖ / (‖g‖ + weightDecay·‖p‖ + eps)`, 1 where a norm is 0,
 * `v ← μ·v + lr·λ·(g + weightDecay·p)`, `p ← p − v`; with Nesterov's look-ahead `p ← p − (lr·λ·(g + weightDecay·p) + μ·v)`
 *
 * The rate is part of the momentum, as in the paper: a change of it takes some steps to show. State has each
 * parameter's dtype, λ is float64. `lr` is 0.1 unless given.
 *
 * @throws {ValueError} for a negative option, a `trustCoefficient` of 0, or `nesterov` without momentum
 * @see You, Gitman and Ginsburg, Large Batch Training of Convolutional Networks (2017), https://arxiv.org/abs/1708.03888
 * @example
 * const w = tensor([3, 4], { dtype: "float64", requiresGrad: true });
 * const optimizer = new LARS([w], { lr: 1, trustCoefficient: 0.1 });
 * w.mul(tensor([0, 2])).sum().backward(); // the norm of w is 5
 * optimizer.step();
 * w.toArray(); // => [3, 3.5]
 */
export class LARS extends Optimizer<LARSOptions> {
  static override readonly name: string = "LARS";

  constructor(params: ParamsOrGroups<LARSOptions>, options: LARSOptions = {}) {
    super(rule, params, options);
  }
}
