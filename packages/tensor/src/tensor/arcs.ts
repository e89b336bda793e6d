import type { Tensor } from "./tensor.ts";

/** The angle in [−π/2, π/2] of a sine, of floats. */
export function asin(x: Tensor): Tensor {
  return x.div(sineOfArc(x).add(1)).atan().mul(2);
}

/** The angle in [0, π] of a cosine, of floats: that of |x|, and its supplement where x is negative, precise at both ends. */
export function acos(x: Tensor): Tensor {
  const negative = x.lt(0);
  const size = negative["run"]("where", [x.neg(), x], {});
  const angle = sineOfArc(x).div(size.add(1)).atan().mul(2);
  return negative["run"]("where", [angle.neg().add(Math.PI), angle], {});
}

/** `√(1 − x²)` with all its digits near ±1, where its derivative is infinite. */
function sineOfArc(x: Tensor): Tensor {
  return x.neg().add(1).sqrt().mul(x.add(1).sqrt());
}
