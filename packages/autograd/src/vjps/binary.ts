import { where } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import type { BinarySignatures } from "@tapegrad/tensor/internal";
import type { Vjps } from "./vjp.ts";

/** `ct` to the winner; each side of a tie gets half. */
const toWinner = (ct: Tensor, loses: Tensor, ties: Tensor): Tensor => where(loses, 0, where(ties, ct.mul(0.5), ct));

/** d x^p / dx = p x^(p-1). Where p = 0 the power is held at 1, so that 0 · 0^(-1) is 0 and not NaN. */
const powBase = (ct: Tensor, x: Tensor, p: Tensor): Tensor => {
  const singular = p.eq(0).logicalAnd(x.abs().gt(0).logicalNot());
  return ct.mul(p).mul(x.pow(where(singular, 1, p).sub(1)));
};

/** d x^p / dp = x^p log x, and 0 at x = 0 for p ≥ 0. */
const powExponent = (ct: Tensor, x: Tensor, p: Tensor, y: Tensor): Tensor => {
  const singular = x.eq(0).logicalAnd(p.ge(0));
  return ct.mul(y).mul(where(singular, 1, x).log());
};

/** Rows of the functions of two elements; broadcasting is undone by the engine. */
export const binary: Vjps<keyof BinarySignatures> = {
  add: [(ct) => ct, (ct) => ct],
  sub: [(ct) => ct, (ct) => ct.neg()],
  mul: [(ct, saved) => ct.mul(saved.input(1)), (ct, saved) => ct.mul(saved.input(0))],
  div: [
    (ct, saved) => ct.div(saved.input(1)),
    (ct, saved) => ct.neg().mul(saved.output(0).div(saved.input(1))), // -(a / b) / b
  ],
  pow: [
    (ct, saved) => powBase(ct, saved.input(0), saved.input(1)),
    (ct, saved) => powExponent(ct, saved.input(0), saved.input(1), saved.output(0)),
  ],
  maximum: [
    (ct, saved) => toWinner(ct, saved.input(0).lt(saved.input(1)), saved.input(0).eq(saved.input(1))),
    (ct, saved) => toWinner(ct, saved.input(1).lt(saved.input(0)), saved.input(0).eq(saved.input(1))),
  ],
  minimum: [
    (ct, saved) => toWinner(ct, saved.input(0).gt(saved.input(1)), saved.input(0).eq(saved.input(1))),
    (ct, saved) => toWinner(ct, saved.input(1).gt(saved.input(0)), saved.input(0).eq(saved.input(1))),
  ],
  // a - b ⌊a / b⌋
  remainder: [(ct) => ct, (ct, saved) => ct.neg().mul(saved.input(0).div(saved.input(1)).floor())],
  eq: null,
  ne: null,
  lt: null,
  le: null,
  gt: null,
  ge: null,
  logicalAnd: null,
  logicalOr: null,
  where: [null, (ct, saved) => where(saved.input(0), ct, 0), (ct, saved) => where(saved.input(0), 0, ct)],
};
