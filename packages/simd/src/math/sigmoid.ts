import type { Expr } from "../assembler/expr.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { emitExpWithRest } from "./exp.ts";
import type { MathScope } from "./math-scope.ts";

/**
 * The logistic function: with `e = exp(−|x|)`, which cannot overflow, `1 / (1 + e)` for x >= 0 and `e / (1 + e)` below.
 *
 * The quotient is corrected by what the roundings of e and 1 + e lost.
 */
export function emitSigmoid(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { add, sub, mul, div, ge, abs, neg } = shape.float;
  const one = shape.float.const(1);
  const x = f.let(argument);
  const isPositive = f.let(ge(x, shape.float.const(0)));
  const [e, restOfE] = emitExpWithRest(scope, neg(abs(x)));
  const rest = f.let(restOfE);
  const denominator = f.let(add(one, e));
  const lost = add(sub(e, sub(denominator, one)), rest);
  const quotient = f.let(div(v128.bitselect(one, e, isPositive), denominator));
  // 1 / (1 + e) is the quotient itself, or what is missing from it to 1.
  const inverse = v128.bitselect(quotient, sub(one, quotient), isPositive);
  const correction = sub(v128.andnot(rest, isPositive), mul(quotient, lost));
  return add(quotient, mul(correction, inverse));
}
