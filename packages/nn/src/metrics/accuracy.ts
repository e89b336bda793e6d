import { DTypeError, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectElements,
  expectTensor,
  formatShape,
  iota,
  isFloat,
  option,
  optional,
  type OptionTable,
  ranges,
  sameShape,
  settleOptions,
} from "@tapegrad/tensor/internal";

/** Options of {@link accuracy}. */
export interface AccuracyOptions {
  /** How many of the highest scores may be the right one; 1 unless given. */
  readonly topK?: number;
  /** A target that does not count; every one counts unless given. */
  readonly ignoreIndex?: number | undefined;
  /** "none" keeps a 1 or 0 for each target, 0 for one that does not count; "mean" unless given. */
  readonly reduction?: "mean" | "none";
}

const table: OptionTable<AccuracyOptions> = {
  topK: option(ranges.count, 1),
  ignoreIndex: optional(ranges.integer),
  reduction: option(ranges.oneOf("mean", "none"), "mean"),
};

/**
 * The part of the predictions that are right, a float32 tensor, of no axes unless not reduced; NaN if nothing counts.
 *
 * Scores are those of classes along axis 1, or 0 where there is no batch, as `crossEntropy` takes them: logits or
 * probabilities. Of equal scores the first class is higher, as in `argmax`; a NaN is higher than all, and never right.
 *
 * @param predictions scores `[C]` or `[N, C, ...]`, or classes that are chosen already, int32 or bool in the shape of the target
 * @param target classes, int32 `[]` or `[N, ...]`; bool beside bool
 * @throws {DTypeError} for a target that is not of whole numbers
 * @throws {ShapeError} if predictions and target do not fit together
 * @throws {ValueError} for a class that has no score; also in a compiled function
 * @example
 * const logits = tensor([[0.1, 2, 1], [3, 0, 1]]);
 * const labels = tensor([1, 2], { dtype: "int32" });
 * accuracy(logits, labels).item(); // => 0.5
 * accuracy(logits, labels, { topK: 2 }).item(); // => 1
 */
export function accuracy(predictions: Tensor, target: Tensor, options: AccuracyOptions = {}): Tensor {
  const { topK, ignoreIndex, reduction } = settleOptions("accuracy", options, table);
  expectTensor("accuracy", "predictions", predictions);
  expectTensor("accuracy", "target", target);
  if (isFloat(target.dtype)) {
    throw new DTypeError(`accuracy: expected an int32 target, got ${target.dtype}. Convert it with to("int32").`);
  }
  const right = isFloat(predictions.dtype)
    ? isAmongHighest(predictions, target, topK, ignoreIndex)
    : isEqual(predictions, target);
  if (ignoreIndex === undefined) return reduction === "none" ? right.to("float32") : right.to("float32").mean();
  const counts = target.ne(ignoreIndex);
  const rightly = right.logicalAnd(counts);
  return reduction === "none" ? rightly.to("float32") : rightly.sum().div(counts.sum());
}

function isEqual(predictions: Tensor, target: Tensor): Tensor {
  if (!sameShape(predictions.shape, target.shape)) {
    throw new ShapeError(
      `accuracy: expected chosen classes in the shape of the target, ${formatShape(target.shape)}, got ${formatShape(predictions.shape)}.`,
    );
  }
  return predictions.eq(target);
}

function isAmongHighest(scores: Tensor, target: Tensor, topK: number, ignoreIndex: number | undefined): Tensor {
  const axis = scores.ndim === 1 ? 0 : 1;
  const classes = scores.shape[axis] ?? 0;
  const want = scores.shape.filter((_, a) => a !== axis);
  if (scores.ndim === 0 || classes === 0 || !sameShape(target.shape, want)) {
    throw new ShapeError(
      `accuracy: expected scores [C] or [N, C, ...] and a target without the axis of classes, got ` +
        `${formatShape(scores.shape)} and ${formatShape(target.shape)}. Choose the classes of a binary output: logits.gt(0).`,
    );
  }
  if (topK > classes) throw new ValueError(`accuracy: expected topK of at most ${classes} classes, got ${topK}.`);
  const ignored = ignoreIndex === undefined ? [] : [[ignoreIndex, ignoreIndex] as const];
  expectElements(target, {
    within: [[0, classes - 1], ...ignored],
    error: (k) => new ValueError(`accuracy: expected classes in [0, ${classes}), got ${k}.`),
  });
  const kept = scores.shape.map((extent, a) => (a === axis ? 1 : extent));
  const index = target.to("int32").reshape(kept);
  const own = scores.gather(axis, ignoreIndex === undefined ? index : index.maskedFill(index.eq(ignoreIndex), 0));
  const position = iota(kept.with(axis, classes), axis);
  // Its place from the top: 1 and those that are not below it.
  const below = scores.lt(own).logicalOr(scores.eq(own).logicalAnd(position.gt(index)));
  return below.logicalNot().sum({ axis }).le(topK);
}
