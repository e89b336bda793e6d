import type { Expr } from "../assembler/expr.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { emitErfNearZero } from "./erf.ts";
import { emitErfcTail } from "./erfc-tail.ts";
import { emitShortExp } from "./exp.ts";
import type { MathScope } from "./math-scope.ts";
import { polynomial } from "./polynomial.ts";

// exp(x²) · erfc(x) · (x + 3) as a polynomial in 1/(x + 3) for 0 <= x <= 10.1, minimax: 2^-34.
const coefficients = [
  0.564202030982616, 1.6915559155170545, 4.832557883272555, 11.89595175259528, 42.25445380265822, -44.76821919165634,
  905.6688971506662, -3674.016097132599, 13126.147251437758, -28998.90912600973, 32420.49255374109, -14492.926841750343,
];

/** The complementary error function `1 − erf(x)` in double precision, with full relative precision in the tail. */
export function emitErfc(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { sub, abs, lt } = shape.float;
  const x = f.let(argument);
  const a = f.let(abs(x));
  const nearZero = sub(shape.float.const(1), f.let(emitErfNearZero(scope, x)));
  const tail = f.let(emitErfcTail(scope, a));
  const beyond = v128.bitselect(sub(shape.float.const(2), tail), tail, lt(x, shape.float.const(0)));
  return v128.bitselect(nearZero, beyond, lt(a, shape.float.const(0.5)));
}

/** The same with the 33 bits that single precision takes from it, for x of single precision, whose square is exact. */
export function emitShortErfc(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { add, sub, mul, div, abs, lt, neg, pmin } = shape.float;
  const x = f.let(argument);
  // Beyond 11 it is zero.
  const a = f.let(pmin(abs(x), shape.float.const(11)));
  const u = f.let(div(shape.float.const(1), add(a, shape.float.const(3))));
  const scaled = mul(u, polynomial(scope, u, coefficients));
  const tail = f.let(mul(scaled, emitShortExp(scope, neg(mul(a, a)))));
  return v128.bitselect(sub(shape.float.const(2), tail), tail, lt(x, shape.float.const(0)));
}
