import type { Tensor } from "@tapegrad/tensor";
import { asFloat, expectTensor, expectValue, normalizeAxes, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { type AxesOptions, axesTable } from "../activations/axis-options.ts";

/**
 * One-hot targets, softened: `y = (1 − α) · t + α / K`, with K classes along the axis or the axes.
 *
 * @param labels one-hot, or probabilities, of any shape
 * @param alpha share of each target that is spread over all classes, in [0, 1]
 * @throws {ShapeError} for an axis that the labels do not have
 * @see Müller, Kornblith and Hinton, When Does Label Smoothing Help? (2019), https://arxiv.org/abs/1906.02629
 * @example
 * smoothLabels(tensor([[0, 1, 0, 0]]), 0.2).toArray(); // => [[0.05, 0.85, 0.05, 0.05]]
 */
export function smoothLabels(labels: Tensor, alpha: number, options: AxesOptions = {}): Tensor {
  const fn = "smoothLabels";
  expectTensor(fn, "labels", labels);
  expectValue(fn, "alpha", alpha, ranges.unit);
  const axes = normalizeAxes(fn, settleOptions(fn, options, axesTable).axis, labels.ndim);
  const classes = axes.reduce((product, axis) => product * labels.shape[axis]!, 1);
  return spread(asFloat(labels), alpha, classes);
}

/** Targets a share of which is spread over all classes; the targets themselves at 0. */
export function spread(targets: Tensor, share: number, classes: number): Tensor {
  return share === 0 ? targets : targets.mul(1 - share).add(share / classes);
}
