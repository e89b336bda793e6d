import { DTypeError, ShapeError, type Tensor } from "@tapegrad/tensor";
import { apply, formatShape, iota, isFloat, isTracing, sameShape } from "@tapegrad/tensor/internal";
import { checkFloat, checkSameShape, checkValues } from "./check-target.ts";
import type { CrossEntropyOptions } from "./cross-entropy.ts";
import { timesOrZero, withoutRuledOut } from "./zero-weight.ts";

/** Position of the class axis: 1, or 0 where there is no batch. */
export function classAxis(fn: string, input: Tensor): 0 | 1 {
  checkFloat(fn, "input", input);
  if (input.ndim === 0) throw new ShapeError(`${fn}: expected input of shape [C] or [N, C, ...], got [].`);
  const axis = input.ndim === 1 ? 0 : 1;
  if (input.shape[axis] === 0) {
    throw new ShapeError(`${fn}: expected at least one class, got input of shape ${formatShape(input.shape)}.`);
  }
  return axis;
}

/**
 * Throws unless class indices are int32, of the input's shape without the class axis, and each in range or ignored.
 *
 * @returns whether some index may be `ignoreIndex`; true, if there is one, while a function is traced
 */
function checkClassIndices(fn: string, input: Tensor, axis: number, target: Tensor, ignoreIndex?: number): boolean {
  const classes = input.shape[axis]!;
  const want = input.shape.filter((_, i) => i !== axis);
  if (target.dtype !== "int32") {
    throw new DTypeError(
      `${fn}: expected class indices of dtype int32 and shape ${formatShape(want)}, ` +
        `got ${target.dtype} of shape ${formatShape(target.shape)}. Convert them with to("int32").`,
    );
  }
  if (!sameShape(target.shape, want)) {
    throw new ShapeError(
      `${fn}: expected class indices of shape ${formatShape(want)}, got ${formatShape(target.shape)}.`,
    );
  }
  const ignored = ignoreIndex === undefined ? [] : [[ignoreIndex, ignoreIndex] as const];
  checkValues(fn, `class indices in [0, ${classes})`, target, [[0, classes - 1], ...ignored]);
  return ignoreIndex !== undefined && (isTracing() || target["elements"].includes(ignoreIndex));
}

/**
 * How much of each class a target is, in the input's shape: one-hot of int32 class indices, or the target itself.
 *
 * @throws {ShapeError | DTypeError | ValueError} for a target that is neither
 */
export function classShares(fn: string, input: Tensor, axis: number, target: Tensor): Tensor {
  if (isFloat(target.dtype) && target.ndim === input.ndim) {
    checkSameShape(fn, input, target);
    return target;
  }
  return classIndexShares(fn, input, axis, target);
}

/** {@link classShares} of int32 class indices alone. */
export function classIndexShares(fn: string, input: Tensor, axis: number, target: Tensor): Tensor {
  checkClassIndices(fn, input, axis, target);
  const index = target.reshape(input.shape.map((extent, i) => (i === axis ? 1 : extent)));
  const classes = iota(
    input.shape.map((extent, i) => (i === axis ? extent : 1)),
    axis,
  );
  return classes.eq(index).to(input.dtype);
}

/** Throws unless there is one weight per class, if there are any. */
export function checkClassWeight(fn: string, weight: Tensor | undefined, classes: number): void {
  if (weight === undefined) return;
  checkFloat(fn, "weight", weight);
  if (weight.ndim !== 1 || weight.size !== classes) {
    throw new ShapeError(
      `${fn}: expected one weight for each of ${classes} classes, got shape ${formatShape(weight.shape)}.`,
    );
  }
}

/** One weight per class, shaped to broadcast along the class axis of the input. */
export function alignToClasses(weight: Tensor, input: Tensor, axis: number): Tensor {
  return weight.reshape(input.shape.map((extent, i) => (i === axis ? extent : 1)));
}

/**
 * Negative log-probability of the target classes, weighted, smoothed and reduced.
 *
 * The weighted mean divides by the sum of the weights of the targets that count. Rows that do not count are 0 before
 * `logProbs` sees them: NaN in them reaches no gradient.
 */
export function pickedLoss(
  fn: string,
  input: Tensor,
  logProbs: (input: Tensor, axis: number) => Tensor,
  target: Tensor,
  { weight, labelSmoothing, ignoreIndex, reduction }: Required<CrossEntropyOptions>,
): Tensor {
  const axis = classAxis(fn, input);
  const classes = input.shape[axis]!;
  checkClassWeight(fn, weight, classes);
  const ignores = checkClassIndices(fn, input, axis, target, ignoreIndex);
  const shape = input.shape.map((extent, i) => (i === axis ? 1 : extent));
  const ignored = ignores ? target.reshape(shape).eq(ignoreIndex) : undefined;
  const drop = (t: Tensor): Tensor => (ignored === undefined ? t : t.maskedFill(ignored, 0));
  const index = drop(target.reshape(shape));
  const share = weight && apply("gather", [weight, index.reshape([index.size])], { axis: 0 })[0].reshape(shape);
  // Without smoothing, a target of weight 0 takes its row along.
  const rows = labelSmoothing === 0 ? withoutRuledOut(drop(input), share) : drop(input);
  const log = logProbs(rows, axis);
  const picked = drop(apply("gather", [log, index], { axis })[0]); // [N, 1, ...]
  let losses = share === undefined ? picked : timesOrZero(share, picked);
  if (labelSmoothing > 0) {
    const all = weight === undefined ? log : timesOrZero(alignToClasses(weight, log, axis), log);
    const spread = drop(all.sum({ axis, keepDims: true })).mul(labelSmoothing / classes);
    losses = labelSmoothing === 1 ? spread : losses.mul(1 - labelSmoothing).add(spread);
  }
  if (reduction === "none") return losses.reshape(target.shape).neg();
  if (reduction === "sum") return losses.sum().neg();
  if (share !== undefined) return losses.sum().div(drop(share).sum()).neg();
  if (ignored === undefined) return losses.mean().neg();
  return losses.sum().div(ignored.logicalNot().to(input.dtype).sum()).neg();
}
