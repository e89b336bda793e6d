import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkSameShape } from "./check-target.ts";
import { gramMatrixOf } from "./gram-matrix.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * How far images are from the style of others, one layer of a network's features: `ℓ = ‖G(x) − G(t)‖² / 4`, the sum of
 * squares over the channels, with the matrices of `gramMatrix`.
 *
 * @param input features `[N, C, ...]`
 * @param target features of the same shape
 * @returns shape `[]`, or `[N]` with reduction "none"
 * @throws {ShapeError} if the shapes differ
 * @see Gatys, Ecker and Bethge, A Neural Algorithm of Artistic Style (2015), https://arxiv.org/abs/1508.06576
 * @example
 * styleLoss(tensor([[[2, 2], [0, 0]]]), tensor([[[0, 0], [2, 2]]])).item(); // => 2
 * new StyleLoss().forward(tensor([[[1, 5]]]), tensor([[[5, 1]]])).item(); // => 0
 */
export function styleLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("styleLoss", "input", input);
  expectTensor("styleLoss", "target", target);
  const { reduction } = settleOptions("styleLoss", options, reductionTable);
  checkFloat("styleLoss", "input", input);
  checkSameShape("styleLoss", input, target);
  const apart = gramMatrixOf("styleLoss", input).sub(gramMatrixOf("styleLoss", target));
  return reduce(
    apart
      .square()
      .sum({ axis: [1, 2] })
      .div(4),
    reduction,
  );
}

/** {@link styleLoss} as a layer. */
export class StyleLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "StyleLoss";

  constructor(options: ReductionOptions = {}) {
    super(styleLoss, reductionTable, options);
  }
}
