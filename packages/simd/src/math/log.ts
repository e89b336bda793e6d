import type { Expr } from "../assembler/expr.ts";
import type { Local } from "../assembler/local.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { i32 } from "../assembler/ops/i32.ts";
import type { FloatShapeName } from "./float-shape.ts";
import type { MathScope } from "./math-scope.ts";
import { polynomial } from "./polynomial.ts";

// (2 artanh(s)/s − 2) / z with z = s², for |s| <= (√2 − 1)/(√2 + 1), minimax: 2^-36 and 2^-65.
const coefficients: Readonly<Record<FloatShapeName, readonly number[]>> = {
  f32x4: [0.6666666, 0.40000346, 0.28536606, 0.23596291],
  f64x2: [
    0.6666666666666666, 0.40000000000006697, 0.28571428568941015, 0.22222222668659783, 0.1818177391348983,
    0.15387167451107583, 0.1324838722303481, 0.13267080567574874,
  ],
};

/** `x = 2^k · m` with m in [√½, √2). */
export interface Decomposition {
  /** k as a float. */
  readonly k: Expr<"v128">;
  readonly m: Expr<"v128">;
}

/** Splits positive normal numbers into exponent and significand. */
export function decompose({ f, shape }: MathScope, x: Expr<"v128">): Decomposition {
  const { mantissaBits, bias } = shape;
  const rootOfHalf = shape.float.const(Math.SQRT1_2);
  // Adding the distance of √½ and 1 moves the step of the exponent field to √½.
  const moved = f.let(shape.integer.add(x, shape.integer.sub(shape.float.const(1), rootOfHalf)));
  const magic = 2 ** mantissaBits;
  const exponent = v128.or(shape.integer.shrU(moved, mantissaBits), shape.float.const(magic));
  const mantissa = v128.and(moved, shape.bits((1n << BigInt(mantissaBits)) - 1n));
  return {
    k: shape.float.sub(exponent, shape.float.const(magic + bias)),
    m: shape.integer.add(mantissa, rootOfHalf),
  };
}

/** `k · ln 2 + log(1 + t) + low` for 1 + t in [√½, √2]. */
export function logOfParts(scope: MathScope, k: Local<"v128">, t: Local<"v128">, low?: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { add, sub, mul, div } = shape.float;
  const s = f.let(div(t, add(t, shape.float.const(2))));
  const z = f.let(mul(s, s));
  const series = mul(z, polynomial(scope, z, coefficients[shape.name]));
  // log(1 + t) = t − t²/2 + s · (t²/2 + series): the large terms are exact.
  const halfSquare = f.let(mul(mul(t, t), shape.float.const(0.5)));
  const kLow = mul(k, shape.float.const(shape.ln2[1]));
  const small = add(mul(s, add(halfSquare, series)), low === undefined ? kLow : add(kLow, low));
  return sub(mul(k, shape.float.const(shape.ln2[0])), sub(sub(halfSquare, small), t));
}

/** Whether some lane of x is not a positive normal number. */
export function hasUnusualLane({ shape }: MathScope, x: Local<"v128">): Expr<"i32"> {
  const { ge, le } = shape.float;
  const isUsual = v128.and(ge(x, shape.float.const(shape.smallestNormal)), le(x, shape.float.const(shape.largest)));
  return i32.eqz(shape.integer.allTrue(isUsual));
}

/** Corrects the logarithm of x in the lanes where x is zero, negative, infinite or NaN. */
export function patchLog({ f, shape }: MathScope, result: Local<"v128">, x: Local<"v128">): void {
  const { le, ge, eq, add } = shape.float;
  const zero = shape.float.const(0);
  f.set(result, v128.bitselect(result, shape.float.const(Number.NaN), ge(x, zero)));
  f.set(result, v128.bitselect(shape.float.const(-Infinity), result, eq(x, zero)));
  // Infinity and NaN give themselves.
  f.set(result, v128.bitselect(result, add(x, x), le(x, shape.float.const(shape.largest))));
}

/** A positive number as `scaled / 2^offset`. */
export interface Normal {
  /** x in the usual lanes, a normal number for a subnormal one. */
  readonly scaled: Local<"v128">;
  readonly offset: Local<"v128">;
  /** Whether some lane is not a positive normal number. */
  readonly isUnusual: Local<"i32">;
}

/** Makes subnormal numbers normal ones. */
export function makeNormal(scope: MathScope, x: Local<"v128">): Normal {
  const { f, shape } = scope;
  const { lt, mul } = shape.float;
  const scaled = f.let(x);
  const offset = f.let(shape.float.const(0));
  const isUnusual = f.let(hasUnusualLane(scope, x));
  f.if(isUnusual, () => {
    const bits = shape.mantissaBits;
    const isSmall = f.let(lt(x, shape.float.const(shape.smallestNormal)));
    f.set(scaled, v128.bitselect(mul(x, shape.float.const(2 ** bits)), x, isSmall));
    f.set(offset, v128.and(shape.float.const(bits), isSmall));
  });
  return { scaled, offset, isUnusual };
}

/** The natural logarithm. */
export function emitLog(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { sub } = shape.float;
  const x = f.let(argument);
  const { scaled, offset, isUnusual } = makeNormal(scope, x);
  const { k, m } = decompose(scope, scaled);
  const result = f.let(logOfParts(scope, f.let(sub(k, offset)), f.let(sub(m, shape.float.const(1)))));
  f.if(isUnusual, () => patchLog(scope, result, x));
  return result;
}
