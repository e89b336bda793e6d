import type { Tensor } from "@tapegrad/tensor";
import { type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { logSigmoid } from "../activations/log-sigmoid.ts";
import type { Buffer } from "../module/buffer.ts";
import type { BinaryCrossEntropyOptions } from "./binary-cross-entropy.ts";
import { checkBroadcast, checkFloat, checkNumbers, checkSameShape } from "./check-target.ts";
import { reduce, reduction } from "./reduction.ts";
import { bufferOf, weights, WeightedLoss } from "./weighted-loss.ts";

/** Options of {@link binaryCrossEntropyWithLogits}. */
export interface BinaryCrossEntropyWithLogitsOptions extends BinaryCrossEntropyOptions {
  /** Weight of the positive answer, such as one per class; broadcasts to the input. */
  readonly posWeight?: Tensor | undefined;
}

const fn = "binaryCrossEntropyWithLogits";

const table: OptionTable<BinaryCrossEntropyWithLogitsOptions> = { weight: weights, posWeight: weights, reduction };

/**
 * Binary cross-entropy of logits, without overflow:
 * `ℓ = −w · (p · t · log σ(x) + (1 − t) · log(1 − σ(x))) = w · ((1 − t) · x − (1 + (p − 1) · t) · log σ(x))`
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
  const { weight, posWeight, reduction } = settleOptions(fn, options, table);
  checkFloat(fn, "input", input);
  checkSameShape(fn, input, target);
  checkBroadcast(fn, "weight", weight, input);
  checkBroadcast(fn, "posWeight", posWeight, input);
  checkNumbers(fn, "target to be numbers", target);
  const log = logSigmoid(input);
  const log1 = posWeight === undefined ? log : log.mul(target.mul(posWeight.sub(1)).add(1));
  const losses = input.mul(target.neg().add(1)).sub(log1);
  return reduce(weight === undefined ? losses : losses.mul(weight), reduction);
}

/** {@link binaryCrossEntropyWithLogits} as a layer. */
export class BCEWithLogitsLoss extends WeightedLoss<BinaryCrossEntropyWithLogitsOptions> {
  /** Weight of the positive answer, a buffer of the module. */
  readonly posWeight: Buffer | undefined;

  constructor(options: BinaryCrossEntropyWithLogitsOptions = {}) {
    super(
      (x, target, given) => binaryCrossEntropyWithLogits(x, target, { ...given, posWeight: this.posWeight }),
      table,
      options,
    );
    this.posWeight = bufferOf(this.options.posWeight);
  }
}
