import { defineFunction } from "@tapegrad/autograd";
import { ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  sameShape,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkSameShape, checkValues } from "./check-target.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link gaussianNllLoss}. */
export interface GaussianNllLossOptions extends ReductionOptions {
  /** Add the constant `log(2π)/2`. */
  readonly full?: boolean;
  /** Smallest variance, in units of the target squared; 1e-6 unless given. */
  readonly eps?: number;
}

const fn = "gaussianNllLoss";

const table: OptionTable<GaussianNllLossOptions> = {
  full: option(ranges.flag, false),
  eps: option(ranges.positive, 1e-6),
  reduction,
};

/**
 * Negative log-likelihood of targets under normal distributions whose means and variances are predicted:
 * `ℓ = (log v + (x − t)² / v) / 2` with `v = max(variance, eps)`; `full` adds `log(2π)/2`.
 * The gradient passes the bound as if it were not there, so that a variance below it can grow.
 *
 * @param input means of any shape
 * @param target the same shape
 * @param variance the same shape, or one variance for each last axis: without it, or with 1 in its place
 * @throws {ValueError} for a negative variance
 * @see Nix and Weigend, Estimating the mean and variance of the target probability distribution (1994),
 * https://doi.org/10.1109/ICNN.1994.374138
 * @example
 * gaussianNllLoss(tensor([1, 2]), tensor([1, 4]), tensor([1, 2]), { reduction: "none" }).toArray(); // => [0, 1.34657]
 * new GaussianNLLLoss().forward(tensor([3]), tensor([1]), tensor([1])).item(); // => 2
 */
export function gaussianNllLoss(
  input: Tensor,
  target: Tensor,
  variance: Tensor,
  options: GaussianNllLossOptions = {},
): Tensor {
  expectTensor("gaussianNllLoss", "input", input);
  expectTensor("gaussianNllLoss", "target", target);
  expectTensor("gaussianNllLoss", "variance", variance);
  const { full, eps, reduction } = settleOptions(fn, options, table);
  checkFloat(fn, "input", input);
  checkFloat(fn, "variance", variance);
  checkSameShape(fn, input, target);
  const aligned = alignVariance(variance, input);
  checkValues(fn, "variances ≥ 0", variance, [[0, Infinity]], true);
  const spread = boundVariance(aligned, eps);
  const losses = spread.log().add(input.sub(target).square().div(spread)).mul(0.5);
  return reduce(full ? losses.add(Math.log(2 * Math.PI) / 2) : losses, reduction);
}

/** {@link gaussianNllLoss} as a layer. */
export class GaussianNLLLoss extends FunctionLayer<
  GaussianNllLossOptions,
  [input: Tensor, target: Tensor, variance: Tensor]
> {
  static override readonly name: string = "GaussianNLLLoss";

  constructor(options: GaussianNllLossOptions = {}) {
    super(gaussianNllLoss, table, options);
  }
}

/** The variance with as many axes as the input. */
function alignVariance(variance: Tensor, input: Tensor): Tensor {
  const rows = input.shape.slice(0, -1);
  const shared = [...rows, 1];
  if (sameShape(variance.shape, input.shape) || (input.ndim > 0 && sameShape(variance.shape, shared))) return variance;
  if (sameShape(variance.shape, rows)) return variance.reshape(shared);
  throw new ShapeError(
    `${fn}: expected a variance of shape ${formatShape(input.shape)} or ${formatShape(shared)}, ` +
      `got ${formatShape(variance.shape)}.`,
  );
}

/** `max(variance, eps)` with the gradient of the identity. */
function boundVariance(variance: Tensor, eps: number): Tensor {
  return defineFunction({ name: fn, forward: (_ctx, v) => v.maximum(eps), backward: (_ctx, ct) => [ct] })(variance);
}
