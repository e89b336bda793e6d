import { assign, ShapeError, type Tensor, where } from "@tapegrad/tensor";
import { formatShape, sizeOf, withGradMode } from "@tapegrad/tensor/internal";
import { expectMask } from "../module/expect-mask.ts";
import type { RunningStatistics, StandardizedBatch, UpdateRule } from "./running-statistics.ts";
import type { Standardize } from "./standardized.ts";

/**
 * A mask with the axes of `x`, each of its extent or of extent 1.
 *
 * @param channels axes that a mask of fewer axes leaves out
 * @throws {DTypeError} unless it is of bools
 * @throws {ShapeError} unless it has the axes of `x`, or all but those of the channels
 */
export function alignMask(fn: string, mask: Tensor, x: Tensor, channels: readonly number[]): Tensor {
  expectMask(fn, mask);
  const aligned = x.ndim - mask.ndim === channels.length ? channels.reduce((m, axis) => m.unsqueeze(axis), mask) : mask;
  if (aligned.ndim === x.ndim && aligned.shape.every((n, axis) => n === 1 || n === x.shape[axis])) return aligned;
  const positions = x.shape.filter((_, axis) => !channels.includes(axis));
  const either = channels.length === 0 ? "" : `of shape ${formatShape(positions)} or `;
  throw new ShapeError(
    `${fn}: expected a mask ${either}with as many axes as ${formatShape(x.shape)}, each of its extent or 1, got ${formatShape(mask.shape)}.`,
  );
}

/** How many elements of each group count, in float64: the axes of `mask`, those of the groups with extent 1. */
function countOf(mask: Tensor, { shape }: Tensor, axes: readonly number[]): Tensor {
  const repeated = axes.filter((axis) => mask.shape[axis] === 1).map((axis) => shape[axis]!);
  return mask.sum({ axis: axes, keepDims: true }).to("float64").mul(sizeOf(repeated));
}

/** `x` with 0 where it does not count and is NaN or infinite, so that no gradient meets that. */
export function readable(x: Tensor, mask: Tensor | undefined): Tensor {
  return mask === undefined ? x : where(mask.logicalOr(x.abs().lt(Infinity)), x, 0);
}

/**
 * To standardize by the elements that count: `x̂ = (x − μ) · r` of all elements with `r = 1/√(σ² + ε)`, where μ and σ² are those of
 * the elements at which `mask` is true, `μ = Σ m·x / Σ m` and `σ² = Σ m·(x − μ)² / Σ m`. In float64, so that an offset costs
 * no digits. Where nothing counts r is 0, and with it x̂; where σ² + ε is 0 too.
 *
 * What does not count is not looked at: NaN and ∞ are taken for 0 there.
 *
 * @param mask as {@link alignMask} gives it
 */
export function maskedBy(mask: Tensor): Standardize {
  return (x, { axes, eps, center }) => {
    const over = { axis: axes, keepDims: true };
    const count = countOf(mask, x, axes);
    const mean = (t: Tensor): Tensor => t.sum(over).div(count.clamp(1));
    const counted = (t: Tensor): Tensor => where(mask, t, 0);
    const values = readable(x, mask).to("float64");
    const centred = center ? values.sub(mean(counted(values))) : values;
    const moment = where(count.gt(0), mean(counted(centred).square()).add(eps), 0);
    const still = moment.eq(0);
    const rstd = where(still, 0, where(still, 1, moment).rsqrt());
    return [centred.mul(rstd).to(x.dtype), rstd.to(x.dtype)];
  };
}

/** {@link Standardize} by the elements that count, if a mask says which. */
export function standardizeBy(standardize: Standardize, mask: Tensor | undefined): Standardize {
  return mask === undefined ? standardize : maskedBy(mask);
}

/**
 * `updateRunning` by the elements that count: where instances have statistics of their own, the average of those of which
 * some do. What has no statistics leaves the running ones alone: a mean needs one element that counts, an unbiased
 * variance two. A batch in which nothing counts is not counted.
 */
export function updateRunningMasked(
  { runningMean, runningVar, numBatchesTracked }: RunningStatistics,
  { x, axes, instances, mask }: StandardizedBatch & { readonly mask: Tensor },
  { momentum, runningVariance }: UpdateRule,
): void {
  withGradMode(false, () => {
    const over = { axis: axes, keepDims: true };
    const wide = x.to("float64");
    const count = countOf(mask, x, axes);
    const mean = where(mask, wide, 0).sum(over).div(count); // [1 or N, C, 1, ...], NaN where nothing counts
    const squares = where(mask, wide.sub(mean).square(), 0).sum(over);
    const degrees = runningVariance === "unbiased" ? count.sub(1) : count;
    const batches = numBatchesTracked?.add(mask.any().to("int32"));
    const weight = momentum ?? (batches as Tensor).clamp(1).to("float64").reciprocal();
    const follow = (running: Tensor, of: Tensor, exists: Tensor): void => {
      const there = exists.broadcastTo(of.shape);
      const total = instances === 1 ? where(there, of, 0) : where(there, of, 0).sum({ axis: 0 });
      const number = instances === 1 ? there.to("float64") : there.sum({ axis: 0 }).to("float64");
      const batch = total.div(number.clamp(1)).reshape(running.shape);
      const next = batch.sub(running).mul(weight).add(running);
      assign(running, where(number.gt(0).reshape(running.shape), next.to(running.dtype), running));
    };
    follow(runningMean, mean, count.gt(0));
    follow(runningVar, squares.div(degrees), degrees.gt(0));
    if (numBatchesTracked !== undefined && batches !== undefined) assign(numBatchesTracked, batches);
  });
}
