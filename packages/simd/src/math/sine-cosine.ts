import type { Expr } from "../assembler/expr.ts";
import type { Local } from "../assembler/local.ts";
import { f64x2 } from "../assembler/ops/float-vector.ts";
import { i64x2 } from "../assembler/ops/integer-vector.ts";
import { v128 } from "../assembler/ops/v128.ts";
import type { MathScope } from "./math-scope.ts";
import { polynomial } from "./polynomial.ts";
import { reduceByHalfPi } from "./reduce-by-half-pi.ts";

const { add, sub, mul } = f64x2;

// (sin(x)/x − 1)/x² and (cos(x) − 1 + x²/2)/x⁴ as polynomials in x² for |x| <= π/4, minimax: 2^-68 and 2^-64.
const sineCoefficients = [
  -0.16666666666666666, 0.008333333333333321, -0.0001984126984125361, 2.7557319213425115e-6, -2.505210471000166e-8,
  1.6058340690448686e-10, -7.577400785698766e-13,
];
const cosineCoefficients = [
  0.04166666666666659, -0.0013888888888872618, 2.480158728850337e-5, -2.7557314059622954e-7, 2.0875682272180653e-9,
  -1.135746812483812e-11,
];

/** The sine in double precision, of arguments of any size. */
export function emitSin(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const x = scope.f.let(argument);
  const result = quarterTurned(scope, scope.f.let(f64x2.abs(x)), 0n);
  return v128.xor(result, v128.and(x, f64x2.const(-0)));
}

/** The cosine in double precision, of arguments of any size. */
export function emitCos(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  return quarterTurned(scope, scope.f.let(f64x2.abs(argument)), 1n);
}

/** `sin(x + turns · π/2)` for x >= 0. */
function quarterTurned(scope: MathScope, x: Local<"v128">, turns: bigint): Expr<"v128"> {
  const { f } = scope;
  const { n, r, rest } = reduceByHalfPi(scope, x);
  const quadrant = f.let(turns === 0n ? n : i64x2.add(n, i64x2.const(turns)));
  const square = f.let(mul(r, r));
  const half = f.let(mul(square, f64x2.const(0.5)));
  // sin(r + rest) = sin(r) + rest · cos(r), cos(r + rest) = cos(r) − rest · sin(r)
  const sineTail = mul(mul(square, r), polynomial(scope, square, sineCoefficients));
  const sine = f.let(add(r, add(sineTail, mul(rest, sub(f64x2.const(1), half)))));
  const head = f.let(sub(f64x2.const(1), half));
  const headRest = sub(sub(f64x2.const(1), head), half);
  const cosineTail = mul(mul(square, square), polynomial(scope, square, cosineCoefficients));
  const cosine = add(head, add(headRest, sub(cosineTail, mul(r, rest))));
  const isEven = i64x2.eq(v128.and(quadrant, i64x2.const(1n)), i64x2.const(0n));
  const sign = i64x2.shl(v128.and(quadrant, i64x2.const(2n)), 62);
  return v128.xor(v128.bitselect(sine, cosine, isEven), sign);
}
