import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { checkBroadcast, checkSameShape } from "./check-target.ts";
import { reduceWeighted } from "./reduce-losses.ts";
import { reduction, type ReductionOptions } from "./reduction.ts";
import { weights, WeightedLoss } from "./weighted-loss.ts";
import { withoutRuledOut } from "./zero-weight.ts";

/** Options of {@link l1Loss}. */
export interface L1LossOptions extends ReductionOptions {
  /** Weight of each element; broadcasts to the input. 1 unless given. */
  readonly weight?: Tensor | undefined;
}

const table: OptionTable<L1LossOptions> = { weight: weights, reduction };

/**
 * Absolute error: `ℓ = w · |x − t|`, with gradient 0 where both are equal; "mean" divides the sum by that of the
 * weights. Where `w = 0` loss and gradient are 0.
 *
 * @param target of the shape of the input
 * @throws {ShapeError} if the shapes differ or the weight does not broadcast
 * @example
 * l1Loss(tensor([1, 2]), tensor([1, 4])).item(); // => 1
 * l1Loss(tensor([1, 2]), tensor([1, 4]), { weight: tensor([1, 3]) }).item(); // => 1.5
 * new L1Loss().forward(tensor([1, 2]), tensor([1, 4])).item(); // => 1
 */
export function l1Loss(input: Tensor, target: Tensor, options: L1LossOptions = {}): Tensor {
  expectTensor("l1Loss", "input", input);
  expectTensor("l1Loss", "target", target);
  const { weight, reduction } = settleOptions("l1Loss", options, table);
  checkSameShape("l1Loss", input, target);
  checkBroadcast("l1Loss", "weight", weight, input);
  return reduceWeighted(withoutRuledOut(input.sub(target), weight).abs(), weight, reduction);
}

/** {@link l1Loss} as a layer. */
export class L1Loss extends WeightedLoss<L1LossOptions> {
  static override readonly name: string = "L1Loss";

  constructor(options: L1LossOptions = {}) {
    super(l1Loss, table, options);
  }
}
