import type { Expr } from "../assembler/expr.ts";
import type { FunctionBuilder } from "../assembler/function-builder.ts";
import type { Local } from "../assembler/local.ts";
import { f64x2 } from "../assembler/ops/float-vector.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { quickTwoSum, twoProduct } from "./double-double.ts";
import type { DoubleDouble } from "./double-double.ts";
import { emitExp } from "./exp.ts";
import { decompose, logOfParts, makeNormal } from "./log.ts";
import type { MathScope } from "./math-scope.ts";
import { polynomial } from "./polynomial.ts";

const { add, sub, mul, div, abs, eq, ne, lt, le } = f64x2;
const { and, andnot, or, xor, bitselect } = v128;

// artanh(s)/s − 1 − s²/3 over s⁴ as a polynomial in s² for |s| <= (√2 − 1)/(√2 + 1), minimax: 2^-72.
const coefficients = [
  0.19999999999999998, 0.142857142857171, 0.11111111109924632, 0.09090909310378587, 0.07692285984035085,
  0.06667899307129002, 0.05842142408965243, 0.05958881415562894,
];
const third = [0.3333333333333333, 1.850371707708594e-17] as const;

// ln 2, the first part of 42 bits: its product with an exponent is exact.
const ln2 = [0.6931471805598903, 5.497923018708371e-14] as const;

/** The powers of IEEE 754 and C: 1 to any power is 1, and so is any number to the power 0. In double precision. */
export function emitPow(scope: MathScope, args: { readonly x: Expr<"v128">; readonly y: Expr<"v128"> }): Expr<"v128"> {
  return power(scope, args.x, args.y, logInTwoParts);
}

/** The same with the 40 bits and more that single precision takes from it. */
export function emitShortPow(
  scope: MathScope,
  args: { readonly x: Expr<"v128">; readonly y: Expr<"v128"> },
): Expr<"v128"> {
  return power(scope, args.x, args.y, (inner, k, t) => [inner.f.let(logOfParts(inner, k, t)), undefined]);
}

/** `k · ln 2 + log(1 + t)` in one or two parts. */
type PartsLog = (
  scope: MathScope,
  k: Local<"v128">,
  t: Local<"v128">,
) => readonly [high: Local<"v128">, low: Local<"v128"> | undefined];

function power(scope: MathScope, base: Expr<"v128">, exponent: Expr<"v128">, log: PartsLog): Expr<"v128"> {
  const { f } = scope;
  const [zero, one, infinity] = [f64x2.const(0), f64x2.const(1), f64x2.const(Infinity)];
  const [x, y] = [f.let(base), f.let(exponent)];
  const a = f.let(abs(x));
  const { scaled, offset, isUnusual } = makeNormal(scope, a);
  const { k, m } = decompose(scope, scaled);
  const [high, low] = log(scope, f.let(sub(k, offset)), f.let(sub(m, one)));
  f.if(isUnusual, () => {
    f.set(high, bitselect(f64x2.const(-Infinity), high, eq(a, zero)));
    f.set(high, bitselect(high, a, lt(a, infinity)));
  });
  const magnitude = f.let(expOfProduct(scope, y, high, low));
  // 1 to the power ±Infinity, before signs.
  f.set(magnitude, bitselect(one, magnitude, and(eq(a, one), eq(y, y))));
  const half = f.let(mul(y, f64x2.const(0.5)));
  const isInteger = f.let(eq(f64x2.floor(y), y));
  const isOdd = and(isInteger, ne(f64x2.floor(half), half));
  const result = f.let(xor(magnitude, and(and(x, f64x2.const(-0)), isOdd)));
  const hasNoPower = andnot(and(lt(x, zero), lt(a, infinity)), isInteger);
  f.set(result, or(result, and(hasNoPower, f64x2.const(Number.NaN))));
  return bitselect(one, result, or(eq(y, zero), eq(x, one)));
}

/** `exp(y · (high + low))`. */
function expOfProduct(
  scope: MathScope,
  y: Local<"v128">,
  high: Local<"v128">,
  low: Local<"v128"> | undefined,
): Expr<"v128"> {
  if (low === undefined) return emitExp(scope, mul(y, high));
  const [product, lost] = twoProduct(scope.f, y, high);
  // Where the exponential is infinite or zero anyway, the parts may not be numbers.
  const isFinite = le(abs(product), f64x2.const(1024));
  return emitExp(scope, product, scope.f.let(and(add(lost, mul(y, low)), isFinite)));
}

/** The logarithm to about 2^-65 of itself: `2s · (1 + s²/3 + s⁴ · polynomial)` with `s = t / (2 + t)`. */
function logInTwoParts(scope: MathScope, k: Local<"v128">, t: Local<"v128">): DoubleDouble {
  const { f } = scope;
  const two = f.let(f64x2.const(2));
  const [denominator, denominatorLow] = quickTwoSum(f, two, t);
  const s = f.let(div(t, denominator));
  const [back, backLow] = twoProduct(f, s, denominator);
  const sLow = f.let(div(sub(sub(sub(t, back), backLow), mul(s, denominatorLow)), denominator));
  const [square, squareLost] = twoProduct(f, s, s);
  const squareLow = f.let(add(squareLost, mul(mul(two, s), sLow)));
  // 1 + s² · (1/3 + s² · polynomial), then times 2s
  const rest = f.let(add(mul(square, polynomial(scope, square, coefficients)), f64x2.const(third[1])));
  const [inner, innerLow] = quickTwoSum(f, f.let(f64x2.const(third[0])), rest);
  const [series, seriesLow] = multiply(f, [square, squareLow], [inner, innerLow]);
  const [factor, factorLost] = quickTwoSum(f, f.let(f64x2.const(1)), series);
  const twice: DoubleDouble = [f.let(add(s, s)), f.let(add(sLow, sLow))];
  const [ofM, ofMLow] = multiply(f, twice, [factor, f.let(add(factorLost, seriesLow))]);
  // k · ln 2 is either zero or larger than log m.
  const [sum, lost] = quickTwoSum(f, f.let(mul(k, f64x2.const(ln2[0]))), ofM);
  return quickTwoSum(f, sum, f.let(add(lost, add(ofMLow, mul(k, f64x2.const(ln2[1]))))));
}

function multiply(f: FunctionBuilder, a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const [high, lost] = twoProduct(f, a[0], b[0]);
  return quickTwoSum(f, high, f.let(add(lost, add(mul(a[0], b[1]), mul(a[1], b[0])))));
}
