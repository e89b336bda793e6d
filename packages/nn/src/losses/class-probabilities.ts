import type { Tensor } from "@tapegrad/tensor";
import { ValueError } from "@tapegrad/tensor";
import { expectElements } from "@tapegrad/tensor/internal";

/** What a probability is taken for at least, so that its logarithm is finite. */
export const smallestProbability = 1e-7;

/**
 * Probabilities of at least 1e-7, as they are to gradients: one that is too small can still grow.
 *
 * @throws {ValueError} for one that is outside [0, 1], as logits are
 */
export function raisedProbabilities(fn: string, input: Tensor): Tensor {
  expectElements(input, {
    within: [[0, 1]],
    orNaN: true,
    error: (p) =>
      new ValueError(`${fn}: expected probabilities in [0, 1], got ${p}. Of logits say { fromLogits: true }.`),
  });
  return input.add(input.clamp(smallestProbability).sub(input).detach());
}

/** Probabilities along the axis of classes, of logits or of what is to be scaled to a sum of 1. */
export function classProbabilities(fn: string, input: Tensor, axis: number, fromLogits: boolean): Tensor {
  if (fromLogits) return input.softmax({ axis });
  const raised = raisedProbabilities(fn, input);
  return raised.div(raised.sum({ axis, keepDims: true }));
}
