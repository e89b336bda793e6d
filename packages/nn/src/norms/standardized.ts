import type { Tensor } from "@tapegrad/tensor";
import { apply, type AttrsOf, sizeOf } from "@tapegrad/tensor/internal";

/**
 * `x̂ = (x − μ) · r` and `r = 1/√(σ² + ε)` over `axes`, with biased variance σ²; without `center` μ is 0 and σ² the mean
 * square. The axes of r are kept with extent 1.
 */
export type Standardize = (x: Tensor, how: AttrsOf<"standardize">) => readonly [normalized: Tensor, rstd: Tensor];

/** By the primitive: statistics in float64, one kernel, and a backward pass in closed form. */
export const fused: Standardize = (x, how) => apply("standardize", [x], how);

/**
 * In elementary operations: the definition that the fused form is tested against, and the one to read. Its statistics are
 * rounded to the dtype of `x`.
 */
export const plain: Standardize = (x, { axes, eps, center }) => {
  const over = { axis: axes, keepDims: true };
  const centred = center ? x.sub(x.mean(over)) : x;
  const deviation = centred.square().mean(over).add(eps).sqrt();
  return [centred.div(deviation), deviation.reciprocal()];
};

/**
 * Vectors along `axes` with length 1: `x / √(Σ x² + ε)`, and with `center` of `x − x̄`. It is {@link fused}, divided by the
 * root of the number of elements.
 */
export function unitVectors(x: Tensor, { axes, eps, center }: AttrsOf<"standardize">): Tensor {
  const count = Math.max(sizeOf(axes.map((axis) => x.shape[axis]!)), 1);
  return fused(x, { axes, eps: eps / count, center })[0].mul(1 / Math.sqrt(count));
}
