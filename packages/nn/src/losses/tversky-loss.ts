import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, option, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkSameShape } from "./check-target.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link tverskyLoss}. */
export interface TverskyLossOptions extends ReductionOptions {
  /** Weight of false positives; 0.5 unless given. */
  readonly alpha?: number;
  /** Weight of false negatives; 0.5 unless given. */
  readonly beta?: number;
  /** Added to both sides of the fraction; 1e-7 unless given. */
  readonly smooth?: number;
  /** The axis or axes of one overlap; all, so that a batch has one, unless given. */
  readonly axis?: number | readonly number[] | undefined;
}

const table: OptionTable<TverskyLossOptions> = {
  alpha: option(ranges.nonNegative, 0.5),
  beta: option(ranges.nonNegative, 0.5),
  smooth: option(ranges.nonNegative, 1e-7),
  axis: optional(ranges.orListOf(ranges.integer)),
  reduction,
};

/**
 * One minus the overlap of predicted and true regions: `ℓ = 1 − TP / (TP + α · FP + β · FN)`, with `TP = Σ t·p`,
 * `FP = Σ (1 − t)·p`, `FN = Σ t·(1 − p)`, and `smooth` added to both sides of the fraction.
 *
 * @param input probabilities of any shape
 * @param target 0 and 1, or probabilities, of the same shape
 * @returns shape `[]`, or that of the input without the axes with reduction "none"
 * @see Salehi, Erdogmus and Gholipour, Tversky Loss Function for Image Segmentation (2017), https://arxiv.org/abs/1706.05721
 * @example
 * tverskyLoss(tensor([1, 1, 0, 0]), tensor([1, 0, 1, 0])).item(); // => 0.5
 * new TverskyLoss({ alpha: 0, beta: 1 }).forward(tensor([1, 1, 0]), tensor([1, 0, 0])).item(); // => 0
 */
export function tverskyLoss(input: Tensor, target: Tensor, options: TverskyLossOptions = {}): Tensor {
  expectTensor("tverskyLoss", "input", input);
  expectTensor("tverskyLoss", "target", target);
  const { alpha, beta, smooth, axis, reduction } = settleOptions("tverskyLoss", options, table);
  checkFloat("tverskyLoss", "input", input);
  checkSameShape("tverskyLoss", input, target);
  const both = input.mul(target).sum({ axis });
  const only = (x: Tensor): Tensor => x.sum({ axis }).sub(both);
  const whole = both.add(only(input).mul(alpha)).add(only(target).mul(beta));
  return reduce(both.add(smooth).div(whole.add(smooth)).neg().add(1), reduction);
}

/** {@link tverskyLoss} as a layer. */
export class TverskyLoss extends FunctionLayer<TverskyLossOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "TverskyLoss";

  constructor(options: TverskyLossOptions = {}) {
    super(tverskyLoss, table, options);
  }
}
