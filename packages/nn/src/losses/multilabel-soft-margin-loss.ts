import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { expectTensor, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { binaryCrossEntropyWithLogits } from "./binary-cross-entropy-with-logits.ts";
import { checkFloat, checkNumbers, checkSameShape } from "./check-target.ts";
import { checkClassWeight } from "./class-targets.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";
import { weights, WeightedLoss } from "./weighted-loss.ts";

/** Options of {@link multilabelSoftMarginLoss}. */
export interface MultilabelSoftMarginLossOptions extends ReductionOptions {
  /** Weight of each class, shape `[C]`; 1 unless given. */
  readonly weight?: Tensor | undefined;
}

const table: OptionTable<MultilabelSoftMarginLossOptions> = { weight: weights, reduction };

/**
 * Binary cross-entropy of logits, its mean over the classes of a sample, which may have several:
 * `ℓ = −Σ_c w[c] · (t[c] · log σ(x[c]) + (1 − t[c]) · log σ(−x[c])) / C`
 *
 * @param input logits of shape `[..., C]`
 * @param target probabilities of the same shape
 * @returns shape `[]`, or `[...]` with reduction "none"
 * @throws {ShapeError} if the shapes differ or there is not one weight per class
 * @example
 * multilabelSoftMarginLoss(tensor([[0, 0]]), tensor([[1, 0]])).item(); // => 0.69315
 * new MultiLabelSoftMarginLoss({ weight: tensor([1, 0]) }).forward(tensor([[0, 9]]), tensor([[1, 0]])).item(); // => 0.34657
 */
export function multilabelSoftMarginLoss(
  input: Tensor,
  target: Tensor,
  options: MultilabelSoftMarginLossOptions = {},
): Tensor {
  expectTensor("multilabelSoftMarginLoss", "input", input);
  expectTensor("multilabelSoftMarginLoss", "target", target);
  const fn = "multilabelSoftMarginLoss";
  const { weight, reduction } = settleOptions(fn, options, table);
  checkFloat(fn, "input", input);
  const classes = input.shape.at(-1);
  if (classes === undefined) throw new ShapeError(`${fn}: expected input of shape [..., C], got [].`);
  checkSameShape(fn, input, target);
  checkClassWeight(fn, weight, classes);
  checkNumbers(fn, "target to be numbers", target);
  const losses = binaryCrossEntropyWithLogits(input, target, { weight, reduction: "none" });
  return reduce(losses.mean({ axis: -1 }), reduction);
}

/** {@link multilabelSoftMarginLoss} as a layer. */
export class MultiLabelSoftMarginLoss extends WeightedLoss<MultilabelSoftMarginLossOptions> {
  static override readonly name: string = "MultiLabelSoftMarginLoss";

  constructor(options: MultilabelSoftMarginLossOptions = {}) {
    super(multilabelSoftMarginLoss, table, options);
  }
}
