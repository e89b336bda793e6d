import type { Expr } from "../assembler/expr.ts";
import { expTail, inversePower, reduceByLn2 } from "./exp.ts";
import type { FloatShapeName } from "./float-shape.ts";
import type { MathScope } from "./math-scope.ts";

/** How far the sum is scaled down, so that it does not overflow where results are subnormal numbers. */
const scales: Readonly<Record<FloatShapeName, number>> = { f32x4: 32, f64x2: 64 };

// Beyond these the result is 0 or 1.
const limits: Readonly<Record<FloatShapeName, readonly [lowest: number, highest: number]>> = {
  f32x4: [-110, 20],
  f64x2: [-753, 40],
};

/**
 * The logistic function: `1 / (1 + e⁻ˣ)` with `x = n · ln 2 + r`, and `1 + e⁻ˣ` as `(1 + 2⁻ⁿ) + 2⁻ⁿ · (e⁻ʳ − 1)`.
 *
 * The quotient is corrected by what the roundings of the sum lost.
 */
export function emitSigmoid(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { add, sub, mul, div, pmin, pmax } = shape.float;
  const scale = scales[shape.name];
  const unit = shape.float.const(2 ** -scale);
  const [lowest, highest] = limits[shape.name];
  // pmin and pmax give their first operand where it is NaN.
  const x = f.let(pmax(pmin(argument, shape.float.const(highest)), shape.float.const(lowest)));
  const { integer, high, low, r } = reduceByLn2(scope, x);
  const inverse = f.let(inversePower(scope, integer, scale));
  const more = f.let(mul(inverse, sub(add(expTail(scope, r, -1), low), high)));
  const larger = f.let(add(unit, inverse));
  const sum = f.let(add(larger, more));
  const lost = add(add(sub(larger, sum), more), sub(unit, sub(larger, inverse)));
  const quotient = f.let(div(unit, sum));
  const correction = mul(mul(quotient, lost), shape.float.const(2 ** scale));
  return sub(quotient, mul(quotient, correction));
}
