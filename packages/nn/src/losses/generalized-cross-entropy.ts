import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { classProbabilities } from "./class-probabilities.ts";
import { classAxis, classShares } from "./class-targets.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link generalizedCrossEntropy}. */
export interface GeneralizedCrossEntropyOptions extends ReductionOptions {
  /** Whether the input is logits and no probabilities; false unless given. */
  readonly fromLogits?: boolean;
  /** From cross-entropy, near 0, to the absolute error, at 1, which wrong labels harm less; 0.5 unless given. */
  readonly q?: number;
}

const fn = "generalizedCrossEntropy";

const table: OptionTable<GeneralizedCrossEntropyOptions> = {
  fromLogits: option(ranges.flag, false),
  q: option(ranges.portion, 0.5),
  reduction,
};

/**
 * Cross-entropy that bears wrong labels: `ℓ = (1 − p_t^q) / q`, where `p_t = Σ_c t[c] · p[c]` is the probability of the
 * right class, with probabilities of at least 1e-7 that are divided by their sum.
 *
 * @param input probabilities, or logits with `fromLogits`, of shape `[C]` or `[N, C, d₁, ...]`
 * @param target one-hot, or probabilities, of the input's shape, or int32 class indices without the axis of classes
 * @returns shape `[]`, or `[N, d₁, ...]` with reduction "none"
 * @throws {ValueError} for an input outside [0, 1] that is not said to be logits
 * @see Zhang and Sabuncu, Generalized Cross Entropy Loss for Training Deep Neural Networks with Noisy Labels (2018),
 * https://arxiv.org/abs/1805.07836
 * @example
 * generalizedCrossEntropy(tensor([[0.25, 0.75]]), tensor([0], { dtype: "int32" })).item(); // => 1
 * new GeneralizedCrossEntropyLoss({ q: 1 }).forward(tensor([[0.25, 0.75]]), tensor([[1, 0]])).item(); // => 0.75
 */
export function generalizedCrossEntropy(
  input: Tensor,
  target: Tensor,
  options: GeneralizedCrossEntropyOptions = {},
): Tensor {
  expectTensor(fn, "input", input);
  expectTensor(fn, "target", target);
  const { fromLogits, q, reduction } = settleOptions(fn, options, table);
  const axis = classAxis(fn, input);
  const shares = classShares(fn, input, axis, target);
  const right = classProbabilities(fn, input, axis, fromLogits).mul(shares).sum({ axis });
  return reduce(right.pow(q).neg().add(1).div(q), reduction);
}

/** {@link generalizedCrossEntropy} as a layer. */
export class GeneralizedCrossEntropyLoss extends FunctionLayer<
  GeneralizedCrossEntropyOptions,
  [input: Tensor, target: Tensor]
> {
  static override readonly name: string = "GeneralizedCrossEntropyLoss";

  constructor(options: GeneralizedCrossEntropyOptions = {}) {
    super(generalizedCrossEntropy, table, options);
  }
}
