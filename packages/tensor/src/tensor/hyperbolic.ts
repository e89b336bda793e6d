import type { Tensor } from "./tensor.ts";

/** `(eˣ − e⁻ˣ) / 2` of floats, without cancellation near 0. */
export function sinh(x: Tensor): Tensor {
  const { big, rest, half } = splitAtOverflow(x);
  const usual = rest.expm1().sub(rest.neg().expm1()).div(2);
  return big["run"]("where", [half.mul(x.sign()), usual], {});
}

/** `(eˣ + e⁻ˣ) / 2` of floats. */
export function cosh(x: Tensor): Tensor {
  const { big, rest, half } = splitAtOverflow(x);
  const usual = rest.exp().add(rest.neg().exp()).div(2);
  return big["run"]("where", [half, usual], {});
}

/** Where `eˣ` may overflow, 0 in the place of x there, and `e^|x| / 2`, which does so later. */
function splitAtOverflow(x: Tensor): { readonly big: Tensor; readonly rest: Tensor; readonly half: Tensor } {
  const magnitude = x.abs();
  const big = magnitude.gt(x.dtype === "float32" ? 88 : 709);
  return {
    big,
    rest: x.maskedFill(big, 0),
    half: magnitude
      .sub(1)
      .exp()
      .mul(Math.E / 2),
  };
}
