import type { OperationName } from "../src/elementwise/operations.ts";

const { fround } = Math;

function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/** A Taylor series near zero, the continued fraction of erfc beyond. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (Number.isNaN(x) || a > 6) return Number.isNaN(x) ? x : Math.sign(x);
  if (a < 2) {
    let [power, total] = [x, x];
    for (let n = 1; n < 60; n++) {
      power *= (-x * x) / n;
      total += power / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * total;
  }
  let fraction = a;
  for (let n = 200; n >= 1; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / (fraction * Math.sqrt(Math.PI)));
}

/** 1 − erf near zero, the continued fraction beyond, which keeps the tail. */
function erfc(x: number): number {
  if (!(x > 1)) return 1 - erf(x);
  let fraction = x;
  for (let n = 2000; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI));
}

function round(x: number): number {
  if (!Number.isFinite(x)) return x;
  const down = Math.floor(x);
  const isUp = x - down > 0.5 || (x - down === 0.5 && down % 2 !== 0);
  const nearest = isUp ? down + 1 : down;
  return nearest === 0 && Object.is(Math.sign(x), -1) ? -0 : nearest === 0 && Object.is(x, -0) ? -0 : nearest;
}

/** A plain function for every operation, rounded to float32 where the result is one; bools are 0 and 1. */
export const elementwiseReference: { readonly [Name in OperationName]: (...operands: number[]) => number } = {
  neg: (x) => -x!,
  abs: (x) => Math.abs(x!),
  sign: (x) => Math.sign(x!),
  square: (x) => fround(x! * x!),
  sqrt: (x) => fround(Math.sqrt(x!)),
  rsqrt: (x) => fround(1 / fround(Math.sqrt(x!))),
  reciprocal: (x) => fround(1 / x!),
  relu: (x) => (x! <= 0 ? 0 : x!),
  floor: (x) => Math.floor(x!),
  ceil: (x) => Math.ceil(x!),
  round: (x) => round(x!),
  exp: (x) => fround(Math.exp(x!)),
  expm1: (x) => fround(Math.expm1(x!)),
  log: (x) => fround(Math.log(x!)),
  log1p: (x) => fround(Math.log1p(x!)),
  sin: (x) => fround(Math.sin(x!)),
  cos: (x) => fround(Math.cos(x!)),
  tanh: (x) => fround(Math.tanh(x!)),
  sigmoid: (x) => fround(sigmoid(x!)),
  erf: (x) => fround(erf(x!)),
  erfc: (x) => fround(erfc(x!)),
  add: (a, b) => fround(a! + b!),
  sub: (a, b) => fround(a! - b!),
  mul: (a, b) => fround(a! * b!),
  div: (a, b) => fround(a! / b!),
  // JavaScript gives NaN for 1 to the power of NaN or ∞, and for −1 to that of ∞.
  pow: (a, b) => (a === 1 || (a === -1 && Math.abs(b!) === Infinity) ? 1 : fround(a! ** b!)),
  maximum: (a, b) => Math.max(a!, b!),
  minimum: (a, b) => Math.min(a!, b!),
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  lt: (a, b) => Number(a! < b!),
  le: (a, b) => Number(a! <= b!),
  gt: (a, b) => Number(a! > b!),
  ge: (a, b) => Number(a! >= b!),
  logicalAnd: (a, b) => Number(a !== 0 && b !== 0),
  logicalOr: (a, b) => Number(a !== 0 || b !== 0),
  logicalNot: (a) => Number(a === 0),
  where: (condition, a, b) => (condition === 0 ? b! : a!),
  whereInt: (condition, a, b) => (condition === 0 ? b! : a!),
  boolToFloat: (x) => Number(x !== 0),
  intToFloat: (x) => fround(x!),
  floatToBool: (x) => Number(x !== 0),
  floatToInt: (x) => x! | 0,
};

/** Operations that are right to some units in the last place; all others are exactly rounded. */
export const unitsOff: { readonly [Name in OperationName]?: number } = {
  exp: 1.5,
  expm1: 1.5,
  log: 1.5,
  log1p: 1,
  sin: 1,
  cos: 1,
  tanh: 1.5,
  sigmoid: 1.5,
  erf: 1.5,
  erfc: 1,
  pow: 1,
};
