import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkFloat } from "./check-target.ts";
import { raisedProbabilities } from "./class-probabilities.ts";
import { crossEntropy, type CrossEntropyOptions } from "./cross-entropy.ts";
import { reduction } from "./reduction.ts";
import { weights, WeightedLoss } from "./weighted-loss.ts";

/** Options of {@link categoricalCrossEntropy}. */
export interface CategoricalCrossEntropyOptions extends CrossEntropyOptions {
  /** Whether the input is logits and no probabilities: the same as `crossEntropy` then; false unless given. */
  readonly fromLogits?: boolean;
}

const fn = "categoricalCrossEntropy";

const table: OptionTable<CategoricalCrossEntropyOptions> = {
  fromLogits: option(ranges.flag, false),
  weight: weights,
  labelSmoothing: option(ranges.unit, 0),
  ignoreIndex: option(ranges.integer, -100),
  reduction,
};

/**
 * Cross-entropy between probabilities, such as those of a softmax, and class indices or class probabilities: Keras'
 * `categorical_crossentropy`, and the sparse one for indices. Prefer `crossEntropy`, which takes logits and loses no digits.
 *
 * `ℓ = −Σ_c t[c] · log p[c]` where `p` is the input, at least 1e-7, divided by its sum over classes. All else is as in
 * `crossEntropy`.
 *
 * @param input probabilities of shape `[C]` or `[N, C, d₁, ...]`
 * @param target int32 indices of shape `[]` or `[N, d₁, ...]`, or float probabilities of the input's shape
 * @returns shape `[]`, or `[N, d₁, ...]` with reduction "none"
 * @throws {ValueError} for an input outside [0, 1], as logits are
 * @example
 * categoricalCrossEntropy(tensor([[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), tensor([[0, 1, 0], [0, 0, 1]])).item(); // => 1.17694
 * new CategoricalCrossEntropyLoss({ fromLogits: true }).forward(tensor([[0, 0]]), tensor([1], { dtype: "int32" })).item(); // => 0.69315
 */
export function categoricalCrossEntropy(
  input: Tensor,
  target: Tensor,
  options: CategoricalCrossEntropyOptions = {},
): Tensor {
  expectTensor(fn, "input", input);
  expectTensor(fn, "target", target);
  const { fromLogits, ...rest } = settleOptions(fn, options, table);
  checkFloat(fn, "input", input);
  return crossEntropy(fromLogits ? input : raisedProbabilities(fn, input).log(), target, rest);
}

/** {@link categoricalCrossEntropy} as a layer. */
export class CategoricalCrossEntropyLoss extends WeightedLoss<CategoricalCrossEntropyOptions> {
  static override readonly name: string = "CategoricalCrossEntropyLoss";

  constructor(options: CategoricalCrossEntropyOptions = {}) {
    super(categoricalCrossEntropy, table, options);
  }
}
