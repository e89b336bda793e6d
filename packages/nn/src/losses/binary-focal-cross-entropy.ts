import { type Tensor } from "@tapegrad/tensor";
import {
  expectTensor,
  option,
  optional,
  type OptionTable,
  promote,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { binaryCrossEntropyWithLogits } from "./binary-cross-entropy-with-logits.ts";
import { binaryCrossEntropy } from "./binary-cross-entropy.ts";
import { checkFloat, checkNumbers, checkSameShape } from "./check-target.ts";
import { expectProbabilities } from "./class-probabilities.ts";
import { focus } from "./focus.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link binaryFocalCrossEntropy}. */
export interface BinaryFocalCrossEntropyOptions extends ReductionOptions {
  /** Whether the input is logits and no probabilities; false unless given. */
  readonly fromLogits?: boolean;
  /** How much right answers count less: the exponent of how wrong they are; 2 unless given. */
  readonly gamma?: number;
  /** Weight of yes, with `1 − alpha` that of no; both count the same unless given. */
  readonly alpha?: number | undefined;
}

const fn = "binaryFocalCrossEntropy";

const table: OptionTable<BinaryFocalCrossEntropyOptions> = {
  fromLogits: option(ranges.flag, false),
  gamma: option(ranges.nonNegative, 2),
  alpha: optional(ranges.unit),
  reduction,
};

/**
 * Binary cross-entropy that looks at hard answers rather than easy ones: `ℓ = α_t · (1 − p_t)^γ · bce`, where
 * `p_t = t · p + (1 − t) · (1 − p)` is the probability of what is true, and `α_t = t · α + (1 − t) · (1 − α)` if there is
 * an α.
 *
 * @param input probabilities, or logits with `fromLogits`, of any shape
 * @param target probabilities of the same shape
 * @throws {ValueError} for an input outside [0, 1] that is not said to be logits
 * @see Lin et al., Focal Loss for Dense Object Detection (2017), https://arxiv.org/abs/1708.02002
 * @example
 * binaryFocalCrossEntropy(tensor([0.5, 0.9]), tensor([1, 1]), { reduction: "none" }).toArray(); // => [0.17329, 0.00105]
 * new BinaryFocalCrossEntropyLoss({ alpha: 0.25 }).forward(tensor([0.5]), tensor([1])).item(); // => 0.04332
 */
export function binaryFocalCrossEntropy(
  input: Tensor,
  target: Tensor,
  options: BinaryFocalCrossEntropyOptions = {},
): Tensor {
  expectTensor(fn, "input", input);
  expectTensor(fn, "target", target);
  const { fromLogits, gamma, alpha, reduction } = settleOptions(fn, options, table);
  checkFloat(fn, "input", input);
  checkSameShape(fn, input, target);
  if (!fromLogits) expectProbabilities(fn, input);
  checkNumbers(fn, "target to be numbers", target);
  const loss = (fromLogits ? binaryCrossEntropyWithLogits : binaryCrossEntropy)(input, target, { reduction: "none" });
  const p = fromLogits ? input.sigmoid() : input;
  const yes = target.to(promote(input.dtype, target.dtype));
  const no = yes.neg().add(1);
  const wrong = yes.mul(p.neg().add(1)).add(no.mul(p)); // 1 − p_t
  const focal = loss.mul(focus(wrong, gamma));
  return reduce(alpha === undefined ? focal : focal.mul(yes.mul(alpha).add(no.mul(1 - alpha))), reduction);
}

/** {@link binaryFocalCrossEntropy} as a layer. */
export class BinaryFocalCrossEntropyLoss extends FunctionLayer<
  BinaryFocalCrossEntropyOptions,
  [input: Tensor, target: Tensor]
> {
  static override readonly name: string = "BinaryFocalCrossEntropyLoss";

  constructor(options: BinaryFocalCrossEntropyOptions = {}) {
    super(binaryFocalCrossEntropy, table, options);
  }
}
