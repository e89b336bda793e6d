import { type Tensor, where } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkSameShape } from "./check-target.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";
import { splitNearFar } from "./split-near-far.ts";

/** Options of {@link smoothL1Loss}. */
export interface SmoothL1LossOptions extends ReductionOptions {
  /** Error below which the loss is quadratic, in units of the target; 1 unless given. 0 is the absolute error. */
  readonly beta?: number;
}

const table: OptionTable<SmoothL1LossOptions> = { beta: option(ranges.nonNegative, 1), reduction };

/**
 * Absolute error with a quadratic bottom: the Huber loss divided by its `delta`.
 * `ℓ = d² / (2·beta)` for `|d| < beta`, else `|d| − beta/2`, with `d = x − t`
 *
 * @param target of the shape of the input
 * @see Girshick, Fast R-CNN (2015), https://arxiv.org/abs/1504.08083
 * @example
 * smoothL1Loss(tensor([1.5, 5]), tensor([1, 2]), { reduction: "none" }).toArray(); // => [0.125, 2.5]
 * new SmoothL1Loss().forward(tensor([1.5]), tensor([1])).item(); // => 0.125
 */
export function smoothL1Loss(input: Tensor, target: Tensor, options: SmoothL1LossOptions = {}): Tensor {
  expectTensor("smoothL1Loss", "input", input);
  expectTensor("smoothL1Loss", "target", target);
  const { beta, reduction } = settleOptions("smoothL1Loss", options, table);
  checkSameShape("smoothL1Loss", input, target);
  if (beta === 0) return reduce(input.sub(target).abs(), reduction);
  const { near, squared, distance } = splitNearFar(input.sub(target), beta);
  return reduce(where(near, squared.mul(0.5 / beta), distance.sub(beta / 2)), reduction);
}

/** {@link smoothL1Loss} as a layer. */
export class SmoothL1Loss extends FunctionLayer<SmoothL1LossOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "SmoothL1Loss";

  constructor(options: SmoothL1LossOptions = {}) {
    super(smoothL1Loss, table, options);
  }
}
