import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, option, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkSameShape } from "./check-target.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link diceLoss}. */
export interface DiceLossOptions extends ReductionOptions {
  /** Added to both sides of the fraction; 1e-7 unless given. */
  readonly smooth?: number;
  /** The axis or axes of one overlap; all, so that a batch has one, unless given. */
  readonly axis?: number | readonly number[] | undefined;
}

const table: OptionTable<DiceLossOptions> = {
  smooth: option(ranges.nonNegative, 1e-7),
  axis: optional(ranges.orListOf(ranges.integer)),
  reduction,
};

/**
 * One minus the overlap of predicted and true regions: `ℓ = 1 − 2 · Σ t·p / (Σ t + Σ p)`, with `smooth` added to both sides of
 * the fraction
 *
 * @param input probabilities of any shape
 * @param target 0 and 1, or probabilities, of the same shape
 * @returns shape `[]`, or that of the input without the axes with reduction "none"
 * @see Milletari, Navab and Ahmadi, V-Net (2016), https://arxiv.org/abs/1606.04797
 * @example
 * diceLoss(tensor([1, 1, 0, 0]), tensor([1, 0, 1, 0])).item(); // => 0.5
 * new DiceLoss({ axis: 1, reduction: "none" }).forward(tensor([[1, 0], [1, 1]]), tensor([[1, 0], [1, 0]])).toArray(); // => [0, 0.33333]
 */
export function diceLoss(input: Tensor, target: Tensor, options: DiceLossOptions = {}): Tensor {
  expectTensor("diceLoss", "input", input);
  expectTensor("diceLoss", "target", target);
  const { smooth, axis, reduction } = settleOptions("diceLoss", options, table);
  checkFloat("diceLoss", "input", input);
  checkSameShape("diceLoss", input, target);
  const both = input.mul(target).sum({ axis });
  const whole = input.add(target).sum({ axis });
  return reduce(both.mul(2).add(smooth).div(whole.add(smooth)).neg().add(1), reduction);
}

/** {@link diceLoss} as a layer. */
export class DiceLoss extends FunctionLayer<DiceLossOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "DiceLoss";

  constructor(options: DiceLossOptions = {}) {
    super(diceLoss, table, options);
  }
}
