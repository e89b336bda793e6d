import type { Expr } from "../assembler/expr.ts";
import { inversePower, reduceByLn2, shortExpm1 } from "./exp.ts";
import type { FloatShapeName } from "./float-shape.ts";
import type { MathScope } from "./math-scope.ts";

/** How far powers of e are scaled down, so that their inverses do not overflow where results are subnormal numbers. */
const scales: Readonly<Record<FloatShapeName, number>> = { f32x4: 32, f64x2: 64 };

// Beyond these the result is 0 or 1.
const limits: Readonly<Record<FloatShapeName, readonly [lowest: number, highest: number]>> = {
  f32x4: [-110, 20],
  f64x2: [-753, 40],
};

/**
 * The logistic function: `p / (p + 2⁻ⁿ)` with `p = eʳ` and `x = n · ln 2 + r`: one formula for both signs, in which p is not scaled.
 *
 * The quotient is corrected by what the roundings of p and of the sum lost.
 */
export function emitSigmoid(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { add, sub, mul, div, pmin, pmax } = shape.float;
  const scale = scales[shape.name];
  const unit = shape.float.const(2 ** -scale);
  const [lowest, highest] = limits[shape.name];
  // pmin and pmax give their first operand where it is NaN.
  const x = f.let(pmax(pmin(argument, shape.float.const(highest)), shape.float.const(lowest)));
  const { integer, r, rest: restOfR } = reduceByLn2(scope, x);
  const more = f.let(mul(shortExpm1(scope, r), unit));
  const power = f.let(add(unit, more));
  const rest = f.let(add(add(sub(unit, power), more), mul(restOfR, unit)));
  const other = f.let(inversePower(scope, integer, scale));
  const [larger, smaller] = [f.let(pmax(power, other)), f.let(pmin(power, other))];
  const sum = f.let(add(larger, smaller));
  const lost = add(sub(larger, sum), smaller);
  const quotient = f.let(div(power, sum));
  const correction = div(sub(rest, mul(quotient, add(lost, rest))), power);
  return add(quotient, mul(quotient, correction));
}
