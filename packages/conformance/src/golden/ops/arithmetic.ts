import { full, type Tensor, where } from "@tapegrad/tensor";
import type { Adapter } from "../subject.ts";
import { type Arguments, operation } from "./arguments.ts";

const unary = (call: (x: Tensor) => Tensor): Adapter => operation(["input"], (a) => call(a.tensor("input")));

/** An operation of two operands, of which the first may be a number. */
const binary = (call: (x: Tensor, y: Tensor | number, a: Arguments) => Tensor, ...settings: string[]): Adapter =>
  operation(["input", "other", ...settings], (a) => call(leading(a, "input", "other"), a.operand("other"), a));

function leading(a: Arguments, name: string, other: string): Tensor {
  const operand = a.operand(name);
  return typeof operand === "number" ? full([], operand, { dtype: a.tensor(other).dtype }) : operand;
}

/** `alpha · y`, the second summand of PyTorch's add and sub. */
function scaled(y: Tensor | number, a: Arguments): Tensor | number {
  const alpha = a.number("alpha", 1);
  return alpha === 1 ? y : typeof y === "number" ? y * alpha : y.mul(alpha);
}

function divided(x: Tensor, y: Tensor | number, a: Arguments): Tensor {
  const quotient = x.div(y);
  const mode = a.raw("rounding_mode");
  return mode === undefined ? quotient : mode === "floor" ? quotient.floor() : quotient.trunc();
}

/** Functions of one element, and of two that broadcast. */
export const arithmetic: Readonly<Record<string, Adapter>> = {
  neg: unary((x) => x.neg()),
  abs: unary((x) => x.abs()),
  exp: unary((x) => x.exp()),
  log: unary((x) => x.log()),
  log1p: unary((x) => x.log1p()),
  log2: unary((x) => x.log2()),
  log10: unary((x) => x.log10()),
  expm1: unary((x) => x.expm1()),
  sqrt: unary((x) => x.sqrt()),
  rsqrt: unary((x) => x.rsqrt()),
  square: unary((x) => x.square()),
  reciprocal: unary((x) => x.reciprocal()),
  sin: unary((x) => x.sin()),
  cos: unary((x) => x.cos()),
  tan: unary((x) => x.tan()),
  tanh: unary((x) => x.tanh()),
  sigmoid: unary((x) => x.sigmoid()),
  erf: unary((x) => x.erf()),
  sinh: unary((x) => x.sinh()),
  cosh: unary((x) => x.cosh()),
  asin: unary((x) => x.asin()),
  acos: unary((x) => x.acos()),
  atan: unary((x) => x.atan()),
  sign: unary((x) => x.sign()),
  floor: unary((x) => x.floor()),
  ceil: unary((x) => x.ceil()),
  round: unary((x) => x.round()),
  trunc: unary((x) => x.trunc()),
  add: binary((x, y, a) => x.add(scaled(y, a)), "alpha"),
  sub: binary((x, y, a) => x.sub(scaled(y, a)), "alpha"),
  mul: binary((x, y) => x.mul(y)),
  div: binary(divided, "rounding_mode"),
  maximum: binary((x, y) => x.maximum(y)),
  minimum: binary((x, y) => x.minimum(y)),
  pow: operation(["input", "exponent"], (a) => leading(a, "input", "exponent").pow(a.operand("exponent"))),
  where: operation(["condition", "input", "other"], (a) =>
    where(a.tensor("condition"), a.operand("input"), a.operand("other")),
  ),
  clamp: operation(["input", "min", "max"], (a) => {
    const bound = (name: string): Tensor | number | undefined =>
      a.raw(name) === undefined ? undefined : a.operand(name);
    return a.tensor("input").clamp(bound("min"), bound("max"));
  }),
};
