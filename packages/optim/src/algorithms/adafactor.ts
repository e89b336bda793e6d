import { assign, type Tensor, zeros, zerosLike } from "@tapegrad/tensor";
import { machineEpsilon, option, ranges, type ValueRange } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import { scalar } from "../optimizer/scalar.ts";
import type { Slot, UpdateRule } from "../optimizer/update-rule.ts";
import { decoupledDecay } from "./decoupled-decay.ts";
import { type DescentOptions, descentTable } from "./descent-options.ts";
import { movingAverage } from "./moving-average.ts";
import { penalizedGradient } from "./penalized-gradient.ts";
import { wholeNorm } from "./whole-norm.ts";

/** Options of {@link Adafactor}. */
export interface AdafactorOptions extends DescentOptions {
  /** Exponent of the step in `1 − β₂`, at most 0; −0.8 unless given. */
  readonly beta2Decay?: number;
  /**
   * Bound of the root of the second moment, null for the machine epsilon of the parameter's dtype, and smallest size of a
   * parameter to take steps by; `[null, 1e-3]` unless given.
   */
  readonly eps?: readonly [number | null, number];
  /** Largest root mean square of a step before it is scaled; 1 unless given. */
  readonly d?: number;
  /**
   * Add `eps[0]` to the squares of the gradient instead of bounding by it, as the paper and Keras do, with 1e-30; false
   * unless given.
   */
  readonly epsInSquares?: boolean;
}

/** Complete settings of {@link Adafactor}. */
export type AdafactorSettings = Required<AdafactorOptions>;

const first = ranges.orNull(ranges.nonNegative);
const epsRange: ValueRange<readonly [number | null, number]> = {
  text: "to be 2 values, the first ≥ 0 or null, the second ≥ 0",
  has: (value): value is readonly [number | null, number] =>
    Array.isArray(value) && value.length === 2 && first.has(value[0]) && ranges.nonNegative.has(value[1]),
};

const rule: UpdateRule<AdafactorOptions> = {
  name: "Adafactor",
  options: {
    ...descentTable(0.01),
    beta2Decay: option(
      ranges.numbers("≤ 0", (x) => x <= 0 && x > -Infinity),
      -0.8,
    ),
    eps: option(epsRange, [null, 1e-3]),
    d: option(ranges.atLeast(1), 1),
    epsInSquares: option(ranges.flag, false),
  },
  initialState(param) {
    const { shape, ndim, dtype } = param;
    if (ndim < 2) return { variance: zerosLike(param) };
    return {
      row_var: zeros([...shape.slice(0, -1), 1], { dtype }),
      col_var: zeros([...shape.slice(0, -2), 1, ...shape.slice(-1)], { dtype }),
    };
  },
  replayable: true,
  update({ slots, step, dtype, group }) {
    const { beta2Decay, eps, d, weightDecay, epsInSquares, maximize } = group.settings;
    const eps1 = eps[0] ?? machineEpsilon(dtype);
    const rest = step.pow(beta2Decay);
    const weights = { keep: scalar(1).sub(rest).to(dtype), rest: rest.to(dtype) };
    const relative = group.lr.minimum(step.sqrt().reciprocal());
    const decay = decoupledDecay(group, dtype, weightDecay);
    for (const { param, state } of slots) {
      const gradient = penalizedGradient(param, { maximize });
      const size = rootMeanSquare(param).maximum(eps[1]);
      const square = epsInSquares ? gradient.square().add(eps1) : gradient.square();
      const bound = epsInSquares ? 0 : eps1;
      const variance = secondMoment(state, square, weights, bound);
      const change = gradient.div(variance.sqrt().maximum(bound));
      const rate = size.mul(relative).div(rootMeanSquare(change).div(d).maximum(1));
      assign(param, decay(param).sub(change.mul(rate.to(dtype))));
    }
  },
};

/** Moves the second moment on; that of a matrix is the product of one vector of its rows and one of its columns. */
function secondMoment(
  state: Slot["state"],
  square: Tensor,
  weights: Parameters<typeof movingAverage>[2],
  bound: number,
): Tensor {
  const whole = state["variance"];
  if (whole !== undefined) return movingAverage(whole, square, weights);
  const rows = movingAverage(state["row_var"]!, square.mean({ axis: -1, keepDims: true }), weights);
  const columns = movingAverage(state["col_var"]!, square.mean({ axis: -2, keepDims: true }), weights);
  return rows.div(rows.mean({ axis: -2, keepDims: true }).maximum(bound)).mul(columns);
}

/** `√(mean x²)`, a float64 tensor of no axes; 0 of nothing. */
function rootMeanSquare(x: Tensor): Tensor {
  return wholeNorm(x).div(Math.sqrt(Math.max(x.size, 1)));
}

/**
 * Adafactor: adaptive steps with little memory: of the second moment of a matrix it keeps one number for each row and one
 * for each column.
 *
 * With `β₂ = 1 − t^beta2Decay`, `R ← β₂·R + (1 − β₂)·mean of g² over columns`, `C` likewise over rows,
 * `v = R·C / max(mean R, eps₁)`, `u = g / max(√v, eps₁)`, and
 * `p ← (1 − lr·weightDecay)·p − min(lr, 1/√t) · max(rms(p), eps₂) · u / max(1, rms(u)/d)`, with `rms(p)` from before the decay.
 * Of vectors all of `v` is kept; of more than two axes the last two are rows and columns.
 *
 * PyTorch's form. Keras' and the paper's, which add `eps₁` to `g²` and bound nothing, is
 * `{ lr: 1e-3, eps: [1e-30, 1e-3], epsInSquares: true }`. State has each parameter's dtype; step count and sizes are float64.
 * `lr` is 0.01 unless given.
 *
 * @throws {ValueError} for a negative `lr`, `weightDecay` or `eps`, a `beta2Decay` above 0, or a `d` below 1
 * @see Shazeer and Stern, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost (2018), https://arxiv.org/abs/1804.04235
 * @example
 * const w = tensor([[3, 4], [4, 3]], { dtype: "float64", requiresGrad: true });
 * const optimizer = new Adafactor([w], { lr: 0.5 });
 * w.sum().backward();
 * optimizer.step();
 * w.toArray(); // => [[1.232233, 2.232233], [2.232233, 1.232233]]
 * Object.keys(optimizer.stateDict().state[0] ?? {}); // => ["step", "row_var", "col_var"]
 */
export class Adafactor extends Optimizer<AdafactorOptions> {
  static override readonly name: string = "Adafactor";

  constructor(params: ParamsOrGroups<AdafactorOptions>, options: AdafactorOptions = {}) {
    super(rule, params, options);
  }
}
