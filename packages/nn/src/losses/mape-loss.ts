import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkSameShape } from "./check-target.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/** Below it a target is taken for as large. */
const smallest = 1e-7;

/**
 * Absolute error in percent of the target: `ℓ = 100 · |x − t| / max(|t|, 1e-7)`
 *
 * @param target of the shape of the input
 * @example
 * mapeLoss(tensor([1.5, 3]), tensor([1, 4])).item(); // => 37.5
 * new MAPELoss({ reduction: "none" }).forward(tensor([1.5, 3]), tensor([1, 4])).toArray(); // => [50, 25]
 */
export function mapeLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("mapeLoss", "input", input);
  expectTensor("mapeLoss", "target", target);
  const { reduction } = settleOptions("mapeLoss", options, reductionTable);
  checkSameShape("mapeLoss", input, target);
  return reduce(input.sub(target).abs().div(target.abs().clamp(smallest)).mul(100), reduction);
}

/** {@link mapeLoss} as a layer. */
export class MAPELoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "MAPELoss";

  constructor(options: ReductionOptions = {}) {
    super(mapeLoss, reductionTable, options);
  }
}
