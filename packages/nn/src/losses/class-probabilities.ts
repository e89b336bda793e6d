import { type Tensor, ValueError } from "@tapegrad/tensor";
import { expectElements } from "@tapegrad/tensor/internal";

/** What a probability is taken for at least, so that its logarithm is finite. */
const smallestProbability = 1e-7;

const ofLogits = "Of logits say { fromLogits: true }.";

/**
 * Throws unless all are probabilities, or NaN.
 *
 * @throws {ValueError} for one that is outside [0, 1], as logits are
 */
export function expectProbabilities(fn: string, input: Tensor, hint: string = ofLogits): void {
  expectElements(input, {
    within: [[0, 1]],
    orNaN: true,
    error: (p) => new ValueError(`${fn}: expected probabilities in [0, 1], got ${p}. ${hint}`),
  });
}

/** Probabilities of at least 1e-7, as they are to gradients: one that is too small can still grow. */
export function raisedProbabilities(fn: string, input: Tensor, hint: string = ofLogits): Tensor {
  expectProbabilities(fn, input, hint);
  return raised(input);
}

function raised(probabilities: Tensor): Tensor {
  return probabilities.add(probabilities.clamp(smallestProbability).sub(probabilities).detach());
}

/** Probabilities along the axis of classes, at least 1e-7: of logits, or of what is to be scaled to a sum of 1. */
export function classProbabilities(fn: string, input: Tensor, axis: number, fromLogits: boolean): Tensor {
  if (fromLogits) return raised(input.softmax({ axis }));
  const given = raisedProbabilities(fn, input);
  return given.div(given.sum({ axis, keepDims: true }));
}
