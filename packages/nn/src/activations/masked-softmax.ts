import { type Tensor, where } from "@tapegrad/tensor";

/** Axes as one. */
type Axes = number | readonly number[];

/** `x` less its largest visible element along the axes: −∞ where it is hidden. */
function shifted(x: Tensor, visible: Tensor, axis: Axes): Tensor {
  const seen = where(visible, x, -Infinity);
  const peak = seen.detach().max({ axis, keepDims: true });
  return seen.sub(peak.maskedFill(peak.eq(-Infinity), 0));
}

/** The sum of powers, 1 where nothing is visible. */
function total(powers: Tensor, axis: Axes): Tensor {
  const sum = powers.sum({ axis, keepDims: true });
  return sum.maskedFill(sum.eq(0), 1);
}

/**
 * Softmax over what is visible: the rest has weight 0, all of it where nothing is visible. Exact, with gradients of 0
 * where the weight is.
 *
 * @param visible bools that broadcast to the shape of `x`
 */
export function maskedSoftmax(x: Tensor, visible: Tensor, axis: Axes): Tensor {
  const powers = shifted(x, visible, axis).exp();
  return powers.div(total(powers, axis));
}

/** The logarithm of {@link maskedSoftmax}, without underflow: −∞ where its weight is 0, without gradient there. */
export function maskedLogSoftmax(x: Tensor, visible: Tensor, axis: Axes): Tensor {
  const low = shifted(x, visible, axis);
  return where(visible, low.sub(total(low.exp(), axis).log()), -Infinity);
}
