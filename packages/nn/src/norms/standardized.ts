import type { Tensor } from "@tapegrad/tensor";
import { apply, type AttrsOf } from "@tapegrad/tensor/internal";

/** `(x − μ) / √(σ² + ε)` over `axes`, with biased variance σ²; without `center` μ is 0 and σ² the mean square. */
export type Standardize = (x: Tensor, how: AttrsOf<"standardize">) => Tensor;

/** By the primitive: statistics in float64, one kernel, and a backward pass in closed form. */
export const fused: Standardize = (x, how) => apply("standardize", [x], how)[0];

/**
 * In elementary operations: the definition that the fused form is tested against, and the one to read. Its statistics are
 * rounded to the dtype of `x`.
 */
export const plain: Standardize = (x, { axes, eps, center }) => {
  const over = { axis: axes, keepDims: true };
  const centred = center ? x.sub(x.mean(over)) : x;
  return centred.div(centred.square().mean(over).add(eps).sqrt());
};
