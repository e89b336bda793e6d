import type { Expr } from "../assembler/expr.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { expTail, powerOfTwo, reduceByLn2 } from "./exp.ts";
import type { FloatShapeName } from "./float-shape.ts";
import type { MathScope } from "./math-scope.ts";
import { polynomial } from "./polynomial.ts";

// (tanh(x)/x − 1) / x² as a polynomial in x² for |x| <= 0.6 and 0.625, minimax: 2^-28 and 2^-66.
const coefficients: Readonly<Record<FloatShapeName, readonly number[]>> = {
  f32x4: [-0.333333, 0.13331936, -0.053784717, 0.020798625, -0.0058979667],
  f64x2: [
    -0.3333333333333333, 0.13333333333333164, -0.0539682539681328, 0.02186948853178403, -0.00886323543675502,
    0.0035921267583817903, -0.0014558225023503341, 0.000589950311937729, -0.00023877466684182663, 9.576023455617917e-5,
    -3.6639577617794964e-5, 1.1807137179807848e-5, -2.276724678738465e-6,
  ],
};

// From here on 1 − 2 / (eˣ + 1) is 1.
const saturated: Readonly<Record<FloatShapeName, number>> = { f32x4: 20, f64x2: 40 };

/**
 * The hyperbolic tangent: a polynomial near zero, `1 − 2 / (1 + e²ˣ)` beyond, the sum as
 * `(1 + 2ⁿ) + 2ⁿ · (eʳ − 1)` with `2x = n · ln 2 + r`.
 */
export function emitTanh(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { add, sub, mul, div, lt, abs, pmin } = shape.float;
  const x = f.let(argument);
  const a = f.let(abs(x));
  const square = f.let(mul(x, x));
  const nearZero = f.let(add(a, mul(mul(a, square), polynomial(scope, square, coefficients[shape.name]))));
  // pmin gives its first operand where it is NaN.
  const { integer, r } = reduceByLn2(scope, f.let(pmin(add(a, a), shape.float.const(saturated[shape.name]))));
  const power = f.let(powerOfTwo(scope, integer));
  const sum = add(add(shape.float.const(1), power), mul(power, add(r, expTail(scope, r))));
  const beyond = sub(shape.float.const(1), div(shape.float.const(2), sum));
  const magnitude = v128.bitselect(nearZero, beyond, lt(a, shape.float.const(0.6)));
  return v128.or(magnitude, v128.and(x, shape.float.const(-0)));
}
