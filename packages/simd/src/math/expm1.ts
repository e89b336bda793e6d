import type { Expr } from "../assembler/expr.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { expTail, reduceByLn2, scalingByPowerOfTwo } from "./exp.ts";
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
  const { add, sub, pmin, pmax } = shape.float;
  const one = shape.float.const(1);
  const [lowest, highest] = limits[shape.name];
  const x = f.let(argument);
  const clamped = f.let(pmax(pmin(x, shape.float.const(highest)), shape.float.const(lowest)));
  const { integer, r, rest } = reduceByLn2(scope, clamped);
  // For the largest exponents, whose reciprocal is no normal number, zero will do.
  const power = pmax(shape.integer.sub(one, shape.integer.shl(integer, shape.mantissaBits)), shape.float.const(0));
  const base = f.let(sub(one, power));
  const head = f.let(add(base, r));
  const headRest = add(sub(base, head), r);
  const tail = add(expTail(scope, r), add(headRest, rest));
  const result = scalingByPowerOfTwo(scope, integer)(add(head, tail));
  // The sign of x, for a zero.
  return v128.or(result, v128.and(x, shape.float.const(-0)));
}
