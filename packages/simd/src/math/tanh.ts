import type { Expr } from "../assembler/expr.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { emitExp } from "./exp.ts";
import type { FloatShapeName } from "./float-shape.ts";
import type { MathScope } from "./math-scope.ts";
import { polynomial } from "./polynomial.ts";

// (tanh(x)/x − 1) / x² as a polynomial in x² for |x| <= 0.625, minimax: 2^-32 and 2^-66.
const coefficients: Readonly<Record<FloatShapeName, readonly number[]>> = {
  f32x4: [-0.3333333, 0.1333321, -0.053947207, 0.02170297, -0.00818268, 0.0021475423],
  f64x2: [
    -0.3333333333333333, 0.13333333333333164, -0.0539682539681328, 0.02186948853178403, -0.00886323543675502,
    0.0035921267583817903, -0.0014558225023503341, 0.000589950311937729, -0.00023877466684182663, 9.576023455617917e-5,
    -3.6639577617794964e-5, 1.1807137179807848e-5, -2.276724678738465e-6,
  ],
};

/** The hyperbolic tangent: a polynomial near zero, `1 − 2 / (e²ˣ + 1)` beyond. */
export function emitTanh(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { add, sub, mul, div, lt, abs } = shape.float;
  const x = f.let(argument);
  const a = f.let(abs(x));
  const square = f.let(mul(x, x));
  const nearZero = f.let(add(a, mul(mul(a, square), polynomial(scope, square, coefficients[shape.name]))));
  const e = emitExp(scope, add(a, a));
  const beyond = sub(shape.float.const(1), div(shape.float.const(2), add(e, shape.float.const(1))));
  const magnitude = v128.bitselect(nearZero, beyond, lt(a, shape.float.const(0.625)));
  return v128.or(magnitude, v128.and(x, shape.float.const(-0)));
}
