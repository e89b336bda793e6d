import type { Expr } from "../assembler/expr.ts";
import type { Local } from "../assembler/local.ts";
import type { FloatShapeName } from "./float-shape.ts";
import type { MathScope } from "./math-scope.ts";
import { polynomial } from "./polynomial.ts";

// (e^r − 1 − r) / r² for |r| <= ln(2)/2, minimax for the relative error of e^r − 1: 2^-26 and 2^-61.
const coefficients: Readonly<Record<FloatShapeName, readonly number[]>> = {
  f32x4: [0.5, 0.16666538, 0.041666266, 0.008367231, 0.0013947553],
  f64x2: [
    0.5, 0.16666666666666677, 0.041666666666666706, 0.008333333333320689, 0.001388888888886512, 0.00019841269888817067,
    2.4801587364007612e-5, 2.755724123278584e-6, 2.75572397837374e-7, 2.5110157031158175e-8, 2.0925367159757586e-9,
  ],
};

// The same for short exponentials, relative to e^r: 2^-26 and 2^-34.
const shortCoefficients: typeof coefficients = {
  f32x4: coefficients.f32x4,
  f64x2: [
    0.5000000067682149, 0.1666666586893386, 0.04166629494714671, 0.008333497075123238, 0.0013944659634971834,
    0.00019790341387793134,
  ],
};

// Beyond these e^x is infinite or zero; within them its exponent is at most twice that of a normal number. At the lowest both
// factors of a power of two are 0: a product that vanishes, as of the −∞ of a mask, would take several times as long.
const limits: Readonly<Record<FloatShapeName, readonly [lowest: number, highest: number]>> = {
  f32x4: [-176, 89],
  f64x2: [-1418, 710],
};

/** `x = n · ln 2 + high − low` and `r = high − low`, rounded, with |r| <= ln(2)/2. */
export interface Reduction {
  /** n in the low bits of an integer; the high bits are something else. */
  readonly integer: Local<"v128">;
  /** Without rounding. */
  readonly high: Local<"v128">;
  readonly low: Local<"v128">;
  readonly r: Local<"v128">;
}

/** Splits off a multiple of ln 2 (Cody and Waite). */
export function reduceByLn2({ f, shape }: MathScope, x: Local<"v128">): Reduction {
  const { add, sub, mul } = shape.float;
  // Adding 1.5 · 2^mantissaBits rounds to an integer, which stands in the low bits of the sum.
  const magic = shape.float.const(1.5 * 2 ** shape.mantissaBits);
  const integer = f.let(add(mul(x, shape.float.const(Math.LOG2E)), magic));
  const n = f.let(sub(integer, magic));
  const high = f.let(sub(x, mul(n, shape.float.const(shape.ln2[0]))));
  const low = f.let(mul(n, shape.float.const(shape.ln2[1])));
  return { integer, high, low, r: f.let(sub(high, low)) };
}

/** 2ⁿ⁺ᵈ, which is to be a normal number; n is in the low bits of an integer. */
export function powerOfTwo({ shape }: MathScope, n: Expr<"v128">, d = 0): Expr<"v128"> {
  return shape.integer.add(shape.integer.shl(n, shape.mantissaBits), shape.float.const(2 ** d));
}

/** 2⁻ⁿ⁻ᵈ, which is to be a normal number; n is in the low bits of an integer. */
export function inversePower({ shape }: MathScope, n: Expr<"v128">, d = 0): Expr<"v128"> {
  return shape.integer.sub(shape.float.const(2 ** -d), shape.integer.shl(n, shape.mantissaBits));
}

/** `e^r − 1 − r` for a reduced argument, or `e^−r − 1 + r`. */
export function expTail(
  { f, shape }: MathScope,
  r: Local<"v128">,
  sign: 1 | -1 = 1,
  series: readonly number[] = coefficients[shape.name],
): Expr<"v128"> {
  const { mul } = shape.float;
  const signed = series.map((c, i) => (i % 2 === 1 ? sign * c : c));
  return mul(f.let(mul(r, r)), polynomial({ f, shape }, r, signed));
}

/**
 * `e^(x + low)`, where `low` is a correction below the last place of x, evaluated once.
 *
 * 1 + r is summed without rounding, so that the error stays near half a unit in the last place.
 */
export function emitExp(scope: MathScope, x: Expr<"v128">, low?: Expr<"v128">): Expr<"v128"> {
  const { head, tail, scale } = expParts(scope, x, low);
  return scale(scope.shape.float.add(head, tail));
}

/** `e^(x + low)` likewise, and what its rounding lost. */
export function emitExpWithRest(
  scope: MathScope,
  x: Expr<"v128">,
  low?: Expr<"v128">,
): readonly [value: Local<"v128">, rest: Expr<"v128">] {
  const { f, shape } = scope;
  const { add, sub } = shape.float;
  const { head, tail, scale } = expParts(scope, x, low);
  const sum = f.let(add(head, tail));
  return [f.let(scale(sum)), scale(add(sub(head, sum), tail))];
}

/**
 * `e^x` of x that is not below −87 and not above 0: in single precision without the last half of a unit in the last place, in
 * double precision with 34 bits, from −700 on.
 */
export function emitShortExp(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { shape, f } = scope;
  const { add, mul } = shape.float;
  const { integer, r } = reduceByLn2(scope, f.let(argument));
  const power = add(shape.float.const(1), add(r, expTail(scope, r, 1, shortCoefficients[shape.name])));
  return mul(power, powerOfTwo(scope, integer));
}

/** `e^(x + low) = scale(head + tail)`; what is subnormal is rounded once more. */
function expParts(
  scope: MathScope,
  x: Expr<"v128">,
  correction?: Expr<"v128">,
): {
  readonly head: Local<"v128">;
  readonly tail: Local<"v128">;
  readonly scale: (x: Expr<"v128">) => Expr<"v128">;
} {
  const { f, shape } = scope;
  const { add, sub, mul, pmin, pmax } = shape.float;
  const one = shape.float.const(1);
  const [lowest, highest] = limits[shape.name];
  // pmin and pmax give their first operand where it is NaN.
  const clamped = f.let(pmax(pmin(x, shape.float.const(highest)), shape.float.const(lowest)));
  const { integer, high, low, r } = reduceByLn2(scope, clamped);
  const head = f.let(add(one, high));
  const headRest = add(sub(one, head), high);
  const tail = f.let(add(expTail(scope, r), sub(headRest, low)));
  if (correction !== undefined) f.set(tail, add(tail, mul(correction, add(head, tail))));
  // In two steps, for the exponents that no normal number has.
  const half = f.let(shape.integer.shrU(integer, 1));
  const first = f.let(powerOfTwo(scope, shape.integer.sub(integer, half)));
  const second = f.let(powerOfTwo(scope, half));
  return { head, tail, scale: (part) => mul(mul(part, first), second) };
}
