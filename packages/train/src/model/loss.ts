import { Module } from "@tapegrad/nn";
import { type LossFunction, resolveLoss } from "@tapegrad/nn/functional";
import { ShapeError, Tensor, ValueError } from "@tapegrad/tensor";
import { formatShape, formatValue } from "@tapegrad/tensor/internal";
import { explainTarget } from "./explain-target.ts";

/** The function that a user's loss stands for: a name, a function, or a loss of `nn`. */
export function lossOf(fn: string, loss: unknown): LossFunction {
  if (loss instanceof Module) {
    const module = loss as Module<[predictions: Tensor, target: Tensor]>;
    return (predictions, target) => module.forward(predictions, target);
  }
  if (typeof loss !== "string" && typeof loss !== "function") {
    throw new ValueError(`${fn}: expected loss to be a function or its name, got ${formatValue(loss)}.`);
  }
  return resolveLoss(loss as string | LossFunction);
}

/**
 * The loss of a batch, a scalar: `Σₙ wₙ·ℓₙ / N` of the losses of its N samples, where that of a sample is the mean over its
 * elements. Without weights, what the loss itself says is the mean.
 *
 * @throws {ShapeError} if the target or the weights do not fit
 * @throws {ValueError} if weights are given for a loss that gives one number for all samples
 */
export function batchLoss(
  fn: string,
  loss: LossFunction,
  predictions: Tensor,
  target: Tensor,
  weight: Tensor | undefined,
): Tensor {
  const losses = explainTarget(fn, loss, predictions, target, () =>
    weight === undefined ? loss(predictions, target) : loss(predictions, target, { reduction: "none" }),
  );
  if (!(losses instanceof Tensor))
    throw new ValueError(`${fn}: expected a loss that gives a tensor, got ${formatValue(losses)}.`);
  if (weight === undefined) return losses.ndim === 0 ? losses : losses.mean();
  if (losses.ndim === 0) {
    throw new ValueError(
      `${fn}: expected a loss that gives one number for each sample, since samples are weighted, got one for all. ` +
        'A function of your own is called with { reduction: "none" } as third argument.',
    );
  }
  return losses.mul(alignWeight(fn, weight, losses)).mean();
}

/** Weights of the leading axes, with axes of extent 1 for the others. */
function alignWeight(fn: string, weight: Tensor, losses: Tensor): Tensor {
  const leading = losses.shape.slice(0, weight.ndim);
  if (weight.ndim > losses.ndim || weight.shape.some((extent, axis) => extent !== leading[axis])) {
    throw new ShapeError(
      `${fn}: expected weights for the leading axes of losses ${formatShape(losses.shape)}, got ${formatShape(weight.shape)}.`,
    );
  }
  return weight.reshape([...weight.shape, ...losses.shape.slice(weight.ndim).fill(1)] as number[]);
}
