import type { Tensor } from "@tapegrad/tensor";

/** Which errors are quadratic, the squares of those (0 elsewhere), and all magnitudes. */
export function splitNearFar(
  error: Tensor,
  width: number,
): { readonly near: Tensor; readonly squared: Tensor; readonly distance: Tensor } {
  const distance = error.abs();
  const far = distance.gt(width);
  // Squares of far errors may overflow, and ∞ · 0 would reach the gradient.
  return { near: far.logicalNot(), squared: error.maskedFill(far, 0).square(), distance };
}
