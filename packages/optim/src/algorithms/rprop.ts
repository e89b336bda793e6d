import { assign, full, type Tensor, ValueError, where, zerosLike } from "@tapegrad/tensor";
import { option, ranges } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import type { UpdateRule } from "../optimizer/update-rule.ts";
import { type DescentOptions, descentTable } from "./descent-options.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of {@link Rprop}. */
export interface RpropOptions extends Omit<DescentOptions, "weightDecay"> {
  /** Factors of a step whose gradient has turned round, below 1, and of one whose has not, above 1; `[0.5, 1.2]` unless given. */
  readonly etas?: readonly [number, number];
  /** Smallest and largest step; `[1e-6, 50]` unless given. */
  readonly stepSizes?: readonly [number, number];
}

/** Complete settings of {@link Rprop}. */
export type RpropSettings = Required<RpropOptions>;

const { weightDecay: _, ...descent } = descentTable(0.01);

const rule: UpdateRule<RpropOptions> = {
  name: "Rprop",
  options: {
    ...descent,
    etas: option(ranges.listOf(ranges.positive, 2), [0.5, 1.2]),
    stepSizes: option(ranges.listOf(ranges.nonNegative, 2), [1e-6, 50]),
  },
  check(fn, { etas: [shrink, grow], stepSizes: [least, most] }) {
    if (!(shrink < 1 && grow > 1)) {
      throw new ValueError(`${fn}: expected etas below and above 1, got [${shrink}, ${grow}].`);
    }
    if (least > most) throw new ValueError(`${fn}: expected ascending stepSizes, got [${least}, ${most}].`);
  },
  initialState: (param) => ({ prev: zerosLike(param), step_size: zerosLike(param) }),
  replayable: true,
  update({ slots, step, dtype, group }) {
    const { etas, stepSizes } = group.settings;
    const isFirst = step.eq(1);
    const lr = group.lr.to(dtype);
    const [shrink, grow, stay] = [...etas, 1].map((factor) => full([], factor, { dtype })) as [Tensor, Tensor, Tensor];
    for (const { param, state } of slots) {
      const gradient = penalizedGradient(param, group.settings);
      const [prev, size] = [state["prev"]!, state["step_size"]!];
      // Signs, whose product neither overflows nor vanishes.
      const agreement = gradient.sign().mul(prev.sign());
      const turned = agreement.lt(0);
      const factor = where(turned, shrink, where(agreement.gt(0), grow, stay));
      const next = where(isFirst, lr, size)
        .mul(factor)
        .clamp(...stepSizes);
      const followed = where(turned, 0, gradient);
      assign(size, next);
      assign(prev, followed);
      assign(param, param.sub(followed.sign().mul(next)));
    }
  },
};

/**
 * Rprop: steps that grow while the sign of the gradient stays and shrink when it turns, for each element by itself. For
 * gradients of all data: those of batches turn by chance.
 *
 * `η ← clip(η · (etas[1] where g·g′ > 0, etas[0] where g·g′ < 0, else 1), stepSizes)`, `g ← 0` where `g·g′ < 0`,
 * `p ← p − η·sign(g)`, with `g′` the gradient of the step before
 *
 * State has each parameter's dtype. `lr`, 0.01 unless given, is the first step; later it means nothing.
 *
 * @throws {ValueError} for a negative `lr`, `etas` that are not `0 < η⁻ < 1 < η⁺`, or `stepSizes` that do not ascend
 * @see Riedmiller and Braun, A direct adaptive method for faster backpropagation learning (1993), https://doi.org/10.1109/ICNN.1993.298623
 * @example
 * const w = tensor([1, -2], { dtype: "float64", requiresGrad: true });
 * const optimizer = new Rprop([w], { lr: 0.5 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [0.5, -1.5]
 */
export class Rprop extends Optimizer<RpropOptions> {
  static override readonly name: string = "Rprop";

  constructor(params: ParamsOrGroups<RpropOptions>, options: RpropOptions = {}) {
    super(rule, params, options);
  }
}
