import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { hingeMargin } from "./hinge-margin.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * Loss of a score on the wrong side, without a margin: `ℓ = max(0, −t · x)`, where a target of 0 stands for −1
 *
 * @param input scores of any shape
 * @param target 1, and −1 or 0, for each, the same shape
 * @throws {ValueError} for another target
 * @see Rosenblatt, The Perceptron (1958), https://doi.org/10.1037/h0042519
 * @example
 * perceptronLoss(tensor([0.5, 0.5, -2]), tensor([1, -1, 1]), { reduction: "none" }).toArray(); // => [0, 0.5, 2]
 * new PerceptronLoss().forward(tensor([0.5]), tensor([0])).item(); // => 0.5
 */
export function perceptronLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("perceptronLoss", "input", input);
  expectTensor("perceptronLoss", "target", target);
  const { reduction } = settleOptions("perceptronLoss", options, reductionTable);
  return reduce(hingeMargin("perceptronLoss", input, target, 0), reduction);
}

/** {@link perceptronLoss} as a layer. */
export class PerceptronLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "PerceptronLoss";

  constructor(options: ReductionOptions = {}) {
    super(perceptronLoss, reductionTable, options);
  }
}
