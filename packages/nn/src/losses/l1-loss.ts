import { type Tensor } from "@tapegrad/tensor";
import { settleOptions } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import { checkSameShape } from "./check-target.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * Absolute error.
 *
 * `ℓ = |x − t|`, with gradient 0 where both are equal
 *
 * @param input any shape
 * @param target the same shape
 * @returns shape `[]`, or that of the input with reduction "none"; dtype promoted
 * @throws {ShapeError} if the shapes differ
 * @throws {ValueError} for unknown options
 * @example
 * l1Loss(tensor([1, 2]), tensor([1, 4])).item(); // => 1
 * new L1Loss().forward(tensor([1, 2]), tensor([1, 4])).item(); // => 1
 */
export function l1Loss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  const { reduction } = settleOptions("l1Loss", options, reductionTable);
  checkSameShape("l1Loss", input, target);
  return reduce(input.sub(target).abs(), reduction);
}

/** {@link l1Loss} as a layer. */
export class L1Loss extends ConfiguredModule<ReductionOptions> {
  constructor(options: ReductionOptions = {}) {
    super(options, reductionTable);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, this.options);
  }
}
