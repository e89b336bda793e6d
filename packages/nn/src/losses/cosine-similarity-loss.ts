import { type Tensor } from "@tapegrad/tensor";
import {
  expectTensor,
  normalizeAxis,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkSameShape } from "./check-target.ts";
import { smoothCosine } from "../distances/cosine.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link cosineSimilarityLoss}. */
export interface CosineSimilarityLossOptions extends ReductionOptions {
  /** The axis of the vectors; the last, −1, unless given. */
  readonly axis?: number;
}

const table: OptionTable<CosineSimilarityLossOptions> = { axis: option(ranges.integer, -1), reduction };

/**
 * Turns vectors into the direction of their targets: `ℓ = −cos(x, t)`, from −1 for one direction to 1 for opposite ones;
 * 1e-12 is added to both squared norms.
 *
 * @param target of the shape of the input
 * @returns shape `[]`, or that of the input without the axis with reduction "none"
 * @example
 * cosineSimilarityLoss(tensor([[1, 0], [3, 4]]), tensor([[0, 2], [3, 4]]), { reduction: "none" }).toArray(); // => [0, -1]
 * new CosineSimilarityLoss().forward(tensor([1, 0]), tensor([-2, 0])).item(); // => 1
 */
export function cosineSimilarityLoss(input: Tensor, target: Tensor, options: CosineSimilarityLossOptions = {}): Tensor {
  expectTensor("cosineSimilarityLoss", "input", input);
  expectTensor("cosineSimilarityLoss", "target", target);
  const { axis, reduction } = settleOptions("cosineSimilarityLoss", options, table);
  checkFloat("cosineSimilarityLoss", "input", input);
  checkSameShape("cosineSimilarityLoss", input, target);
  return reduce(smoothCosine(input, target, normalizeAxis("cosineSimilarityLoss", axis, input.ndim)).neg(), reduction);
}

/** {@link cosineSimilarityLoss} as a layer. */
export class CosineSimilarityLoss extends FunctionLayer<CosineSimilarityLossOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "CosineSimilarityLoss";

  constructor(options: CosineSimilarityLossOptions = {}) {
    super(cosineSimilarityLoss, table, options);
  }
}
