import { type Tensor, where } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkBroadcast, checkSameShape } from "./check-target.ts";
import { weigh } from "./reduce-losses.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";
import { splitNearFar } from "./split-near-far.ts";
import { weights, WeightedLoss } from "./weighted-loss.ts";
import { withoutRuledOut } from "./zero-weight.ts";

/** Options of {@link huberLoss}. */
export interface HuberLossOptions extends ReductionOptions {
  /** Error up to which the loss is quadratic, in units of the target; 1 unless given. */
  readonly delta?: number;
  /** Weight of each element; broadcasts to the input. 1 unless given. */
  readonly weight?: Tensor | undefined;
}

const table: OptionTable<HuberLossOptions> = { delta: option(ranges.positive, 1), weight: weights, reduction };

/**
 * Squared error near the target, absolute error far from it:
 * `ℓ = w · d²/2` for `|d| ≤ delta`, else `w · delta · (|d| − delta/2)`, with `d = x − t`. "mean" divides by the number of
 * elements, weighted or not, as in PyTorch: `mseLoss` and `l1Loss` divide by the sum of the weights. Where `w = 0` loss and
 * gradient are 0.
 *
 * @param target of the shape of the input
 * @throws {ShapeError} if the shapes differ or the weight does not broadcast
 * @see Huber, Robust Estimation of a Location Parameter (1964), https://doi.org/10.1214/aoms/1177703732
 * @example
 * huberLoss(tensor([1.5, 5]), tensor([1, 2]), { reduction: "none" }).toArray(); // => [0.125, 2.5]
 * new HuberLoss({ delta: 2 }).forward(tensor([5]), tensor([0])).item(); // => 8
 */
export function huberLoss(input: Tensor, target: Tensor, options: HuberLossOptions = {}): Tensor {
  expectTensor("huberLoss", "input", input);
  expectTensor("huberLoss", "target", target);
  const { delta, weight, reduction } = settleOptions("huberLoss", options, table);
  checkSameShape("huberLoss", input, target);
  checkBroadcast("huberLoss", "weight", weight, input);
  const { near, squared, distance } = splitNearFar(withoutRuledOut(input.sub(target), weight), delta);
  const losses = where(near, squared.mul(0.5), distance.sub(delta / 2).mul(delta));
  return reduce(weigh(losses, weight), reduction);
}

/** {@link huberLoss} as a layer. */
export class HuberLoss extends WeightedLoss<HuberLossOptions> {
  static override readonly name: string = "HuberLoss";

  constructor(options: HuberLossOptions = {}) {
    super(huberLoss, table, options);
  }
}
