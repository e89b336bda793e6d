import { assign, ValueError, zerosLike } from "@tapegrad/tensor";
import { option, ranges } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import type { UpdateRule } from "../optimizer/update-rule.ts";
import { decayOf, type DecoupledDecayOptions, decoupledDecayTable } from "./decoupled-decay.ts";
import { type DescentOptions, descentTable } from "./descent-options.ts";
import { momentumUnlessZero } from "./momentum-unless-zero.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of {@link SGD}. */
export interface SGDOptions extends DescentOptions, DecoupledDecayOptions {
  /** Share of the previous step that is kept; 0 unless given. */
  readonly momentum?: number;
  /** Share of the gradient that momentum leaves out, except in the first step; 0 unless given. */
  readonly dampening?: number;
  /** Look ahead along the momentum; needs momentum and no dampening. */
  readonly nesterov?: boolean;
}

/** Complete settings of {@link SGD}. */
export type SGDSettings = Required<SGDOptions>;

const rule: UpdateRule<SGDOptions> = {
  name: "SGD",
  options: {
    ...descentTable(1e-3),
    ...decoupledDecayTable,
    momentum: option(ranges.nonNegative, 0),
    dampening: option(ranges.finite, 0),
    nesterov: option(ranges.flag, false),
  },
  check(fn, { nesterov, momentum, dampening }) {
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new ValueError(
        `${fn}: expected momentum > 0 and dampening 0 with nesterov, got momentum ${momentum} and dampening ${dampening}.`,
      );
    }
  },
  momentum: momentumUnlessZero,
  initialState: (param, { momentum }) => (momentum === 0 ? {} : { momentum_buffer: zerosLike(param) }),
  replayable: true,
  update({ slots, step, dtype, group }) {
    const { dampening, nesterov } = group.settings;
    const lr = group.lr.to(dtype);
    const momentum = group.momentum?.to(dtype);
    // The first gradient enters the buffer undamped.
    const isFirst = step.eq(1).to("float64");
    const share =
      dampening === 0
        ? undefined
        : isFirst
            .mul(dampening)
            .add(1 - dampening)
            .to(dtype);
    const decay = decayOf(group, dtype);
    for (const { param, state } of slots) {
      let gradient = penalizedGradient(param, group.settings);
      const buffer = state["momentum_buffer"];
      if (momentum !== undefined && buffer !== undefined) {
        const velocity = buffer.mul(momentum).add(share === undefined ? gradient : gradient.mul(share));
        assign(buffer, velocity);
        gradient = nesterov ? gradient.add(velocity.mul(momentum)) : velocity;
      }
      assign(param, decay(param).sub(gradient.mul(lr)));
    }
  },
};

/**
 * Stochastic gradient descent with momentum.
 *
 * `v ← μ·v + (1 − dampening)·(g + weightDecay·p)`, `p ← p − lr·v`; with Nesterov's look-ahead `p ← p − lr·(g + μ·v)`.
 *
 * State has each parameter's dtype. Without momentum there is none. `lr` is 1e-3 unless given.
 *
 * @throws {ValueError} for a negative `lr`, `momentum` or `weightDecay`, or `nesterov` without momentum
 * @see Sutskever et al., On the importance of initialization and momentum in deep learning (2013),
 * https://proceedings.mlr.press/v28/sutskever13.html
 * @example
 * const w = tensor([1, 2], { requiresGrad: true });
 * const optimizer = new SGD([w], { lr: 0.5 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [0, 0]
 */
export class SGD extends Optimizer<SGDOptions> {
  static override readonly name: string = "SGD";

  constructor(params: ParamsOrGroups<SGDOptions>, options: SGDOptions = {}) {
    super(rule, params, options);
  }
}
