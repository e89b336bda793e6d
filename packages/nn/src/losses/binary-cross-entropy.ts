import { defineFunction } from "@tapegrad/autograd";
import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, promote, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkBroadcast, checkFloat, checkNumbers, checkSameShape, checkValues } from "./check-target.ts";
import { weigh } from "./reduce-losses.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";
import { spread } from "./smooth-labels.ts";
import { weights, WeightedLoss } from "./weighted-loss.ts";
import { withoutRuledOut } from "./zero-weight.ts";

/** Options of {@link binaryCrossEntropy}. */
export interface BinaryCrossEntropyOptions extends ReductionOptions {
  /** Weight of each element; broadcasts to the input. */
  readonly weight?: Tensor | undefined;
  /** Share of each target that is drawn to the middle, in [0, 1]: 0 and 1 become α/2 and 1 − α/2; 0 unless given. */
  readonly labelSmoothing?: number;
}

const fn = "binaryCrossEntropy";
const lowestLog = -100;
// PyTorch's bound, a float32 constant there: below it the gradient stops growing.
const smallestVariance = Math.fround(1e-12);

/** log p, at least −100. */
function boundedLog(p: Tensor): Tensor {
  const low = p.lt(Math.exp(lowestLog));
  return p.maskedFill(low, 1).log().maskedFill(low, lowestLog);
}

/** log(1 − p), at least −100. */
function boundedLogRest(p: Tensor): Tensor {
  const high = p.ge(1);
  return p.maskedFill(high, 0).neg().log1p().maskedFill(high, lowestLog);
}

// The derivative of the clamped logarithms would be 0 at a wrong certainty; this one is large and finite.
const elementLoss: (p: Tensor, t: Tensor) => Tensor = defineFunction({
  name: fn,
  forward: (ctx, p, t) => {
    ctx.save(p, t);
    return t
      .mul(boundedLog(p))
      .add(t.neg().add(1).mul(boundedLogRest(p)))
      .neg();
  },
  backward: (ctx, ct) => {
    const [p, t] = ctx.saved as [Tensor, Tensor];
    const variance = p.mul(p.neg().add(1));
    return [
      ct.mul(p.sub(t)).div(variance.maximum(smallestVariance)),
      ctx.needsInputGrad[1] === true ? ct.mul(boundedLogRest(p).sub(boundedLog(p))) : undefined,
    ];
  },
});

const table: OptionTable<BinaryCrossEntropyOptions> = {
  weight: weights,
  labelSmoothing: option(ranges.unit, 0),
  reduction,
};

/**
 * Binary cross-entropy of probabilities. Prefer `binaryCrossEntropyWithLogits`, which cannot lose digits.
 *
 * `ℓ = −w · (t · log x + (1 − t) · log(1 − x))`, with logarithms of at least −100; the gradient
 * `w · (x − t) / max(x · (1 − x), 1e-12)` stays finite at 0 and 1. Both are 0 where `w = 0`.
 * Label smoothing α replaces a target by `(1 − α) · t + α/2`.
 *
 * @param input probabilities of any shape
 * @param target probabilities of the same shape
 * @throws {ShapeError} if the shapes differ or the weight does not broadcast
 * @throws {ValueError} for an input outside [0, 1] or a NaN target
 * @example
 * binaryCrossEntropy(tensor([0, 0.5]), tensor([1, 1]), { reduction: "none" }).toArray(); // => [100, 0.69315]
 * new BCELoss().forward(tensor([0.5]), tensor([1])).item(); // => 0.69315
 */
export function binaryCrossEntropy(input: Tensor, target: Tensor, options: BinaryCrossEntropyOptions = {}): Tensor {
  expectTensor("binaryCrossEntropy", "input", input);
  expectTensor("binaryCrossEntropy", "target", target);
  const { weight, labelSmoothing, reduction } = settleOptions(fn, options, table);
  checkFloat(fn, "input", input);
  checkSameShape(fn, input, target);
  checkBroadcast(fn, "weight", weight, input);
  checkValues(fn, "input in [0, 1]", input, [[0, 1]], true);
  checkNumbers(fn, "target to be numbers", target);
  const dtype = promote(input.dtype, target.dtype);
  const losses = elementLoss(
    withoutRuledOut(input.to(dtype), weight, 0.5),
    spread(target.to(dtype), labelSmoothing, 2),
  );
  return reduce(weigh(losses, weight), reduction);
}

/** {@link binaryCrossEntropy} as a layer. */
export class BCELoss extends WeightedLoss<BinaryCrossEntropyOptions> {
  static override readonly name: string = "BCELoss";

  constructor(options: BinaryCrossEntropyOptions = {}) {
    super(binaryCrossEntropy, table, options);
  }
}
