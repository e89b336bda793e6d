import type { Tensor } from "@tapegrad/tensor";
import { alignToClasses } from "./class-targets.ts";
import type { Reduction } from "./reduction.ts";

/** How {@link pickedLoss} weighs and reduces. */
export interface PickedLossOptions {
  readonly axis: number;
  readonly weight: Tensor | undefined;
  readonly labelSmoothing: number;
  readonly ignoreIndex: number;
  /** Whether some target may be `ignoreIndex`. */
  readonly ignores: boolean;
  readonly reduction: Reduction;
}

/**
 * Negative log-probability of the target classes, weighted, smoothed and reduced; arguments are checked already.
 *
 * The weighted mean divides by the sum of the weights of the targets that count.
 */
export function pickedLoss(logProbs: Tensor, target: Tensor, options: PickedLossOptions): Tensor {
  const { axis, weight, labelSmoothing, ignoreIndex, ignores, reduction } = options;
  const shape = logProbs.shape.map((extent, i) => (i === axis ? 1 : extent));
  const ignored = ignores ? target.reshape(shape).eq(ignoreIndex) : undefined;
  const drop = (t: Tensor): Tensor => (ignored === undefined ? t : t.maskedFill(ignored, 0));
  const index = drop(target.reshape(shape));
  const picked = drop(logProbs.gather(axis, index)); // [N, 1, ...]
  const share = weight?.gather(0, index.reshape([index.size])).reshape(shape);
  let losses = share === undefined ? picked : picked.mul(share);
  if (labelSmoothing > 0) {
    const classes = logProbs.shape[axis]!;
    const all = weight === undefined ? logProbs : logProbs.mul(alignToClasses(weight, logProbs, axis));
    const spread = drop(all.sum({ axis, keepDims: true }));
    losses = losses.mul(1 - labelSmoothing).add(spread.mul(labelSmoothing / classes));
  }
  if (reduction === "none") return losses.reshape(target.shape).neg();
  if (reduction === "sum") return losses.sum().neg();
  if (share !== undefined) return losses.sum().div(drop(share).sum()).neg();
  if (ignored === undefined) return losses.mean().neg();
  return losses.sum().div(ignored.logicalNot().to(logProbs.dtype).sum()).neg();
}
