import { type Tensor, where } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, promote, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { logSigmoid } from "../activations/log-sigmoid.ts";
import type { Buffer } from "../module/buffer.ts";
import type { BinaryCrossEntropyOptions } from "./binary-cross-entropy.ts";
import { checkBroadcast, checkFloat, checkNumbers, checkSameShape } from "./check-target.ts";
import { weigh } from "./reduce-losses.ts";
import { reduce, reduction } from "./reduction.ts";
import { spread } from "./smooth-labels.ts";
import { bufferOf, weights, WeightedLoss } from "./weighted-loss.ts";
import { timesOrZero, withoutRuledOut } from "./zero-weight.ts";

/** Options of {@link binaryCrossEntropyWithLogits}. */
export interface BinaryCrossEntropyWithLogitsOptions extends BinaryCrossEntropyOptions {
  /** Weight of the positive answer, such as one per class; broadcasts to the input. */
  readonly posWeight?: Tensor | undefined;
}

const fn = "binaryCrossEntropyWithLogits";

const table: OptionTable<BinaryCrossEntropyWithLogitsOptions> = {
  weight: weights,
  posWeight: weights,
  labelSmoothing: option(ranges.unit, 0),
  reduction,
};

/**
 * Binary cross-entropy of logits, without overflow:
 * `ℓ = −w · (p · t · log σ(x) + (1 − t) · log(1 − σ(x))) = w · ((1 − t) · x − (1 + (p − 1) · t) · log σ(x))`
 *
 * Label smoothing α replaces a target by `(1 − α) · t + α/2`. An infinite logit costs 0 where it is right and ∞ where it
 * is not, with the slope of large ones; where `w = 0` loss and gradient are 0.
 *
 * @param input logits of any shape
 * @param target probabilities of the same shape
 * @throws {ShapeError} if the shapes differ or a weight does not broadcast
 * @throws {ValueError} for a NaN target
 * @example
 * binaryCrossEntropyWithLogits(tensor([10000, 0]), tensor([0, 1]), { reduction: "none" }).toArray(); // => [10000, 0.69315]
 * new BCEWithLogitsLoss().forward(tensor([0]), tensor([1])).item(); // => 0.69315
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  options: BinaryCrossEntropyWithLogitsOptions = {},
): Tensor {
  expectTensor("binaryCrossEntropyWithLogits", "input", input);
  expectTensor("binaryCrossEntropyWithLogits", "target", target);
  const { weight, posWeight, labelSmoothing, reduction } = settleOptions(fn, options, table);
  checkFloat(fn, "input", input);
  checkSameShape(fn, input, target);
  checkBroadcast(fn, "weight", weight, input);
  checkBroadcast(fn, "posWeight", posWeight, input);
  checkNumbers(fn, "target to be numbers", target);
  const smoothed = spread(target.to(promote(input.dtype, target.dtype)), labelSmoothing, 2);
  const losses = elementLoss(withoutRuledOut(input, weight), smoothed, posWeight);
  return reduce(weigh(losses, weight), reduction);
}

function elementLoss(input: Tensor, target: Tensor, posWeight: Tensor | undefined): Tensor {
  const rest = target.neg().add(1);
  const infinite = input.abs().eq(Infinity);
  const x = input.maskedFill(infinite, 0);
  const log = logSigmoid(x);
  const finite = x.mul(rest).sub(posWeight === undefined ? log : log.mul(target.mul(posWeight.sub(1)).add(1)));
  // Far from 0 the loss is |x| times the part of the target on the other side; 0 if there is none.
  const positive = posWeight === undefined ? target : target.mul(posWeight);
  return where(infinite, timesOrZero(where(input.gt(0), rest, positive), input.abs()), finite);
}

/** {@link binaryCrossEntropyWithLogits} as a layer. */
export class BCEWithLogitsLoss extends WeightedLoss<BinaryCrossEntropyWithLogitsOptions> {
  static override readonly name: string = "BCEWithLogitsLoss";

  /** Weight of the positive answer, a buffer of the module. */
  readonly posWeight: Buffer | undefined;

  constructor(options: BinaryCrossEntropyWithLogitsOptions = {}) {
    super(binaryCrossEntropyWithLogits, table, options);
    this.posWeight = bufferOf(this.options.posWeight);
  }

  protected override withBuffers(): Required<BinaryCrossEntropyWithLogitsOptions> {
    return { ...super.withBuffers(), posWeight: this.posWeight };
  }
}
