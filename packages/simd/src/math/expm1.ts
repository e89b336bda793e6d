import type { Expr } from "../assembler/expr.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { expTail, inversePower, powerOfTwo, reduceByLn2 } from "./exp.ts";
import type { FloatShapeName } from "./float-shape.ts";
import type { MathScope } from "./math-scope.ts";

// Beyond these the result is −1 or infinite.
const limits: Readonly<Record<FloatShapeName, readonly [lowest: number, highest: number]>> = {
  f32x4: [-18, 89],
  f64x2: [-38, 710],
};

/** `eˣ − 1 = 2ⁿ ((1 − 2⁻ⁿ) + (eʳ − 1))`, the leading parts summed without rounding. */
export function emitExpm1(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { add, sub, mul, pmin, pmax } = shape.float;
  const one = shape.float.const(1);
  const [lowest, highest] = limits[shape.name];
  const x = f.let(argument);
  const clamped = f.let(pmax(pmin(x, shape.float.const(highest)), shape.float.const(lowest)));
  const { integer, high, low, r } = reduceByLn2(scope, clamped);
  // For the largest exponents, whose reciprocal is no normal number, zero will do.
  const base = f.let(sub(one, pmax(inversePower(scope, integer), shape.float.const(0))));
  const head = f.let(add(base, high));
  const headRest = add(sub(base, head), high);
  const tail = add(expTail(scope, r), sub(headRest, low));
  // The largest exponent is that of no normal number.
  const half = f.let(mul(add(head, tail), powerOfTwo(scope, integer, -1)));
  const result = add(half, half);
  // The sign of x, for a zero.
  return v128.or(result, v128.and(x, shape.float.const(-0)));
}
