import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { checkBroadcast, checkSameShape } from "./check-target.ts";
import { reduceWeighted } from "./reduce-losses.ts";
import { reduction, type ReductionOptions } from "./reduction.ts";
import { weights, WeightedLoss } from "./weighted-loss.ts";
import { withoutRuledOut } from "./zero-weight.ts";

/** Options of {@link mseLoss}. */
export interface MseLossOptions extends ReductionOptions {
  /** Weight of each element; broadcasts to the input. 1 unless given. */
  readonly weight?: Tensor | undefined;
}

const table: OptionTable<MseLossOptions> = { weight: weights, reduction };

/**
 * Squared error: `ℓ = w · (x − t)²`; "mean" divides the sum by that of the weights. Where `w = 0` loss and gradient are 0.
 *
 * @param target of the shape of the input
 * @throws {ShapeError} if the shapes differ or the weight does not broadcast
 * @example
 * mseLoss(tensor([1, 2]), tensor([1, 4])).item(); // => 2
 * mseLoss(tensor([1, 2]), tensor([1, 4]), { weight: tensor([1, 3]) }).item(); // => 3
 * new MSELoss().forward(tensor([1, 2]), tensor([1, 4])).item(); // => 2
 */
export function mseLoss(input: Tensor, target: Tensor, options: MseLossOptions = {}): Tensor {
  expectTensor("mseLoss", "input", input);
  expectTensor("mseLoss", "target", target);
  const { weight, reduction } = settleOptions("mseLoss", options, table);
  checkSameShape("mseLoss", input, target);
  checkBroadcast("mseLoss", "weight", weight, input);
  return reduceWeighted(withoutRuledOut(input.sub(target), weight).square(), weight, reduction);
}

/** {@link mseLoss} as a layer. */
export class MSELoss extends WeightedLoss<MseLossOptions> {
  static override readonly name: string = "MSELoss";

  constructor(options: MseLossOptions = {}) {
    super(mseLoss, table, options);
  }
}
