import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkSameShape } from "./check-target.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * Absolute error: `ℓ = |x − t|`, with gradient 0 where both are equal
 *
 * @param target of the shape of the input
 * @example
 * l1Loss(tensor([1, 2]), tensor([1, 4])).item(); // => 1
 * new L1Loss().forward(tensor([1, 2]), tensor([1, 4])).item(); // => 1
 */
export function l1Loss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("l1Loss", "input", input);
  expectTensor("l1Loss", "target", target);
  const { reduction } = settleOptions("l1Loss", options, reductionTable);
  checkSameShape("l1Loss", input, target);
  return reduce(input.sub(target).abs(), reduction);
}

/** {@link l1Loss} as a layer. */
export class L1Loss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "L1Loss";

  constructor(options: ReductionOptions = {}) {
    super(l1Loss, reductionTable, options);
  }
}
