import { type Tensor, where } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";

/**
 * Softmax over what is visible: the rest has weight 0, all of it where nothing is visible. Exact, with gradients of 0
 * where the weight is.
 *
 * @param visible bools that broadcast to the shape of `x`
 */
export function maskedSoftmax(x: Tensor, visible: Tensor, axes: readonly number[]): Tensor {
  return apply("softmax", [where(visible, x, -Infinity)], { axes, masked: true })[0];
}

/** The logarithm of {@link maskedSoftmax}, without underflow: −∞ where its weight is 0, without gradient there. */
export function maskedLogSoftmax(x: Tensor, visible: Tensor, axes: readonly number[]): Tensor {
  const logs = apply("logSoftmax", [where(visible, x, -Infinity)], { axes, masked: true })[0];
  return where(visible, logs, -Infinity);
}
