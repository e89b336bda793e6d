import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkNumbers } from "./check-target.ts";
import { classAxis, classShares } from "./class-targets.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link polyCrossEntropy}. */
export interface PolyCrossEntropyOptions extends ReductionOptions {
  /** What is added to the first coefficient, ≥ −1 for a loss ≥ 0; 2 unless given. */
  readonly epsilon?: number;
}

const table: OptionTable<PolyCrossEntropyOptions> = { epsilon: option(ranges.finite, 2), reduction };

/**
 * Cross-entropy with another first coefficient of its expansion in powers of how wrong an answer is:
 * `ℓ = Σ_c t[c] · (−log p[c] + ε · (1 − p[c]))`, with `p = softmax(x)`
 *
 * @param input logits of shape `[C]` or `[N, C, d₁, ...]`
 * @param target int32 class indices without the axis of classes, or one-hot, or probabilities, of the input's shape
 * @returns shape `[]`, or `[N, d₁, ...]` with reduction "none"
 * @throws {ValueError} for a class index out of range
 * @see Leng et al., PolyLoss (2022), https://arxiv.org/abs/2204.12511
 * @example
 * polyCrossEntropy(tensor([[0, 0]]), tensor([1], { dtype: "int32" })).item(); // => 1.69315
 * new PolyCrossEntropyLoss({ epsilon: -1 }).forward(tensor([[0, 0]]), tensor([[1, 0]])).item(); // => 0.19315
 */
export function polyCrossEntropy(input: Tensor, target: Tensor, options: PolyCrossEntropyOptions = {}): Tensor {
  expectTensor("polyCrossEntropy", "input", input);
  expectTensor("polyCrossEntropy", "target", target);
  const { epsilon, reduction } = settleOptions("polyCrossEntropy", options, table);
  const axis = classAxis("polyCrossEntropy", input);
  const shares = classShares("polyCrossEntropy", input, axis, target);
  checkNumbers("polyCrossEntropy", "class probabilities", shares);
  const losses = crossEntropy(input, shares, { reduction: "none" });
  // A row of which nothing is wanted costs nothing, whatever it holds.
  const counted = shares.requiresGrad ? input : input.maskedFill(shares.eq(0).all({ axis, keepDims: true }), 0);
  const wrong = shares.mul(counted.softmax({ axis }).neg().add(1)).sum({ axis });
  return reduce(losses.add(wrong.mul(epsilon)), reduction);
}

/** {@link polyCrossEntropy} as a layer. */
export class PolyCrossEntropyLoss extends FunctionLayer<PolyCrossEntropyOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "PolyCrossEntropyLoss";

  constructor(options: PolyCrossEntropyOptions = {}) {
    super(polyCrossEntropy, table, options);
  }
}
