import type { UnaryMathName } from "../src/math/math-functions.ts";

const twoOverRootPi = 2 / Math.sqrt(Math.PI);

/** `erf(x) = 2/√π · exp(−x²) · Σ 2ⁿ x^(2n+1) / (1 · 3 · … · (2n+1))`: all terms have one sign. */
function erfBySeries(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < 80; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return twoOverRootPi * Math.exp(-x * x) * total;
}

/** `erfc(x)` for x >= 1 by Laplace's continued fraction. */
function erfcByFraction(x: number): number {
  let fraction = x;
  for (let n = 20 + Math.ceil(400 / x ** 2); n >= 1; n--) fraction = x + n / 2 / fraction;
  const head = Math.fround(x);
  return (Math.exp(-head * head) * Math.exp((head - x) * (head + x))) / (fraction * Math.sqrt(Math.PI));
}

function erfc(x: number): number {
  if (x > 28) return 0;
  if (x >= 1) return erfcByFraction(x);
  return x < -1 ? 2 - erfc(-x) : 1 - erfBySeries(x);
}

function erf(x: number): number {
  if (x < -1) return -erf(-x);
  return x > 1 ? 1 - erfc(x) : erfBySeries(x);
}

function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/** The elementary functions in float64. */
export const mathReference: { readonly [Name in UnaryMathName]: (x: number) => number } = {
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  sigmoid,
  erf,
  erfc,
  sin: Math.sin,
  cos: Math.cos,
};
