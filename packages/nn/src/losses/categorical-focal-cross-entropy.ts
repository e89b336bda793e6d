import { type Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { classProbabilities } from "./class-probabilities.ts";
import { classAxis, classShares } from "./class-targets.ts";
import { focus } from "./focus.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";
import { timesOrZero } from "./zero-weight.ts";

/** Options of {@link categoricalFocalCrossEntropy}. */
export interface CategoricalFocalCrossEntropyOptions extends ReductionOptions {
  /** Whether the input is logits and no probabilities; false unless given. */
  readonly fromLogits?: boolean;
  /** How much right answers count less: the exponent of how wrong they are; 2 unless given. */
  readonly gamma?: number;
  /** What all losses are multiplied by; 0.25 unless given. */
  readonly alpha?: number;
}

const fn = "categoricalFocalCrossEntropy";

const table: OptionTable<CategoricalFocalCrossEntropyOptions> = {
  fromLogits: option(ranges.flag, false),
  gamma: option(ranges.nonNegative, 2),
  alpha: option(ranges.nonNegative, 0.25),
  reduction,
};

/**
 * Cross-entropy that looks at hard answers rather than easy ones: `ℓ = −α · Σ_c t[c] · (1 − p[c])^γ · log p[c]`, with
 * probabilities of at least 1e-7 that are divided by their sum.
 *
 * @param input probabilities, or logits with `fromLogits`, of shape `[C]` or `[N, C, d₁, ...]`
 * @param target one-hot, or probabilities, of the input's shape, or int32 class indices without the axis of classes
 * @returns shape `[]`, or `[N, d₁, ...]` with reduction "none"
 * @throws {ValueError} for an input outside [0, 1] that is not said to be logits
 * @see Lin et al., Focal Loss for Dense Object Detection (2017), https://arxiv.org/abs/1708.02002
 * @example
 * categoricalFocalCrossEntropy(tensor([[0.5, 0.5]]), tensor([[0, 1]])).item(); // => 0.04332
 * new CategoricalFocalCrossEntropyLoss({ alpha: 1, gamma: 0 }).forward(tensor([[0.5, 0.5]]), tensor([[0, 1]])).item(); // => 0.69315
 */
export function categoricalFocalCrossEntropy(
  input: Tensor,
  target: Tensor,
  options: CategoricalFocalCrossEntropyOptions = {},
): Tensor {
  expectTensor(fn, "input", input);
  expectTensor(fn, "target", target);
  const { fromLogits, gamma, alpha, reduction } = settleOptions(fn, options, table);
  const axis = classAxis(fn, input);
  const shares = classShares(fn, input, axis, target);
  const p = classProbabilities(fn, input, axis, fromLogits);
  const log = fromLogits ? input.logSoftmax({ axis }) : p.log();
  const focal = timesOrZero(shares.mul(focus(p.neg().add(1), gamma)), log);
  return reduce(focal.sum({ axis }).mul(-alpha), reduction);
}

/** {@link categoricalFocalCrossEntropy} as a layer. */
export class CategoricalFocalCrossEntropyLoss extends FunctionLayer<
  CategoricalFocalCrossEntropyOptions,
  [input: Tensor, target: Tensor]
> {
  static override readonly name: string = "CategoricalFocalCrossEntropyLoss";

  constructor(options: CategoricalFocalCrossEntropyOptions = {}) {
    super(categoricalFocalCrossEntropy, table, options);
  }
}
