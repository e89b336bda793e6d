import { type Tensor, where } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkSameShape } from "./check-target.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";
import { splitNearFar } from "./split-near-far.ts";

/** Options of {@link huberLoss}. */
export interface HuberLossOptions extends ReductionOptions {
  /** Error up to which the loss is quadratic, in units of the target; 1 unless given. */
  readonly delta?: number;
}

const table: OptionTable<HuberLossOptions> = { delta: option(ranges.positive, 1), reduction };

/**
 * Squared error near the target, absolute error far from it:
 * `ℓ = d²/2` for `|d| ≤ delta`, else `delta · (|d| − delta/2)`, with `d = x − t`
 *
 * @param target of the shape of the input
 * @see Huber, Robust Estimation of a Location Parameter (1964), https://doi.org/10.1214/aoms/1177703732
 * @example
 * huberLoss(tensor([1.5, 5]), tensor([1, 2]), { reduction: "none" }).toArray(); // => [0.125, 2.5]
 * new HuberLoss({ delta: 2 }).forward(tensor([5]), tensor([0])).item(); // => 8
 */
export function huberLoss(input: Tensor, target: Tensor, options: HuberLossOptions = {}): Tensor {
  expectTensor("huberLoss", "input", input);
  expectTensor("huberLoss", "target", target);
  const { delta, reduction } = settleOptions("huberLoss", options, table);
  checkSameShape("huberLoss", input, target);
  const { near, squared, distance } = splitNearFar(input, target, delta);
  const losses = where(near, squared.mul(0.5), distance.sub(delta / 2).mul(delta));
  return reduce(losses, reduction);
}

/** {@link huberLoss} as a layer. */
export class HuberLoss extends FunctionLayer<HuberLossOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "HuberLoss";

  constructor(options: HuberLossOptions = {}) {
    super(huberLoss, table, options);
  }
}
