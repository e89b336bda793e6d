import { where, zerosLike } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import type { UnarySignatures } from "@tapegrad/tensor/internal";
import type { Vjps } from "./vjp.ts";

/** The derivative of a step function: zero wherever it exists. */
const flat = (ct: Tensor): Tensor => zerosLike(ct);

/** erf'(x) = 2/√π e^(-x²) */
const gaussian = (x: Tensor): Tensor =>
  x
    .square()
    .neg()
    .exp()
    .mul(2 / Math.sqrt(Math.PI));

/** Rows of the functions of one element. At kinks: abs'(0) = 0, relu'(0) = 0, sqrt'(0) = ∞. */
export const unary: Vjps<keyof UnarySignatures> = {
  neg: [(ct) => ct.neg()],
  abs: [(ct, saved) => ct.mul(saved.input(0).sign())],
  sign: [flat],
  exp: [(ct, saved) => ct.mul(saved.output(0))],
  expm1: [(ct, saved) => ct.mul(saved.output(0).add(1))],
  log: [(ct, saved) => ct.div(saved.input(0))],
  log1p: [(ct, saved) => ct.div(saved.input(0).add(1))],
  sqrt: [(ct, saved) => ct.div(saved.output(0).mul(2))],
  // -½ x^(-3/2)
  rsqrt: [(ct, saved) => ct.mul(saved.output(0).square().mul(saved.output(0)).mul(-0.5))],
  reciprocal: [(ct, saved) => ct.neg().mul(saved.output(0).square())],
  square: [(ct, saved) => ct.mul(saved.input(0).mul(2))],
  sin: [(ct, saved) => ct.mul(saved.input(0).cos())],
  cos: [(ct, saved) => ct.neg().mul(saved.input(0).sin())],
  atan: [(ct, saved) => ct.div(saved.input(0).square().add(1))],
  // 1 - y² and y (1 - y)
  tanh: [(ct, saved) => ct.mul(saved.output(0).square().neg().add(1))],
  sigmoid: [(ct, saved) => ct.mul(saved.output(0).sub(saved.output(0).square()))],
  erf: [(ct, saved) => ct.mul(gaussian(saved.input(0)))],
  erfc: [(ct, saved) => ct.neg().mul(gaussian(saved.input(0)))],
  relu: [(ct, saved) => where(saved.output(0).le(0), 0, ct)],
  floor: [flat],
  ceil: [flat],
  round: [flat],
  logicalNot: null,
  cast: [(ct, saved) => ct.to(saved.dtype(0))],
};
