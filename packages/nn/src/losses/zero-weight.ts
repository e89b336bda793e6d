import type { Tensor } from "@tapegrad/tensor";

/**
 * Where a weight rules a loss out: its product is 0 there, with gradient 0, whatever the loss is, NaN included.
 * Undefined for a weight that is differentiated by, whose gradient is the loss.
 */
export function ruledOut(weight: Tensor): Tensor | undefined {
  return weight.requiresGrad ? undefined : weight.eq(0);
}

/** `x` without what is NaN or infinite where a weight rules it out, so that no 0 · ∞ comes about. */
export function withoutRuledOut(x: Tensor, weight: Tensor | undefined, instead = 0): Tensor {
  const out = weight && ruledOut(weight);
  return out === undefined ? x : x.maskedFill(out, instead);
}

/** `factor · x`, 0 also where a factor of 0 meets an infinity; NaN stays. */
export function timesOrZero(factor: Tensor, x: Tensor): Tensor {
  return factor.mul(x.maskedFill(factor.eq(0).logicalAnd(x.abs().eq(Infinity)), 0));
}
