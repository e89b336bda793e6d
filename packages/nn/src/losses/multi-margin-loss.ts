import { ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import { checkClassWeight, classAxis, classIndexShares } from "./class-targets.ts";
import { weigh } from "./reduce-losses.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";
import { weights, WeightedLoss } from "./weighted-loss.ts";
import { timesOrZero, withoutRuledOut } from "./zero-weight.ts";

/** The exponents. */
const oneOrTwo: ValueRange<1 | 2> = {
  text: "to be 1 or 2",
  has: (value): value is 1 | 2 => value === 1 || value === 2,
};

/** Options of {@link multiMarginLoss}. */
export interface MultiMarginLossOptions extends ReductionOptions {
  /** Exponent, 1 or 2; 1 unless given. */
  readonly p?: 1 | 2;
  /** How far the score of the right class shall be above each other; 1 unless given. */
  readonly margin?: number;
  /** Weight of each class, shape `[C]`; 1 unless given. */
  readonly weight?: Tensor | undefined;
}

const table: OptionTable<MultiMarginLossOptions> = {
  p: option(oneOrTwo, 1),
  margin: option(ranges.finite, 1),
  weight: weights,
  reduction,
};

/**
 * Loss of a margin between the score of the right class and each other, and not only the highest:
 * `ℓ = w[t] · Σ_{c ≠ t} max(0, margin − x[t] + x[c])^p / C`; "mean" divides by the number of samples, whatever their weights.
 *
 * @param input scores of shape `[C]` or `[N, C]`
 * @param target int32 class indices of shape `[]` or `[N]`
 * @returns shape `[]`, or `[N]` with reduction "none"
 * @throws {ValueError} for a class index out of range
 * @throws {ShapeError | DTypeError} if target or weight does not fit
 * @see Weston and Watkins, Multi-class Support Vector Machines (1998)
 * @example
 * multiMarginLoss(tensor([[0.5, 2, 1]]), tensor([2], { dtype: "int32" })).item(); // => 0.83333
 * new MultiMarginLoss({ p: 2 }).forward(tensor([0, 0]), tensor(1, { dtype: "int32" })).item(); // => 0.5
 */
export function multiMarginLoss(input: Tensor, target: Tensor, options: MultiMarginLossOptions = {}): Tensor {
  expectTensor("multiMarginLoss", "input", input);
  expectTensor("multiMarginLoss", "target", target);
  const fn = "multiMarginLoss";
  const { p, margin, weight, reduction } = settleOptions(fn, options, table);
  const axis = classAxis(fn, input);
  if (input.ndim > 2)
    throw new ShapeError(`${fn}: expected input of shape [C] or [N, C], got ${formatShape(input.shape)}.`);
  const classes = input.shape[axis]!;
  checkClassWeight(fn, weight, classes);
  const own = classIndexShares(fn, input, axis, target);
  const share = weight === undefined ? undefined : own.mul(weight).sum({ axis, keepDims: true });
  const scores = withoutRuledOut(input, share);
  const right = timesOrZero(own, scores).sum({ axis, keepDims: true });
  const short = scores.sub(right).add(margin).clamp(0);
  const others = (p === 1 ? short : short.square()).maskedFill(own.ne(0), 0);
  const losses = weigh(others, share).sum({ axis });
  return reduce(losses.div(classes), reduction);
}

/** {@link multiMarginLoss} as a layer. */
export class MultiMarginLoss extends WeightedLoss<MultiMarginLossOptions> {
  static override readonly name: string = "MultiMarginLoss";

  constructor(options: MultiMarginLossOptions = {}) {
    super(multiMarginLoss, table, options);
  }
}
