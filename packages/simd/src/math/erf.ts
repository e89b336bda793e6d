import type { Expr } from "../assembler/expr.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { emitErfcTail } from "./erfc-tail.ts";
import { emitShortExp } from "./exp.ts";
import type { FloatShapeName } from "./float-shape.ts";
import type { Local } from "../assembler/local.ts";
import type { MathScope } from "./math-scope.ts";
import { polynomial } from "./polynomial.ts";

// erf(x)/x − 1 as a polynomial in x² for |x| <= 1, minimax: 2^-34 and 2^-68.
const coefficients: Readonly<Record<FloatShapeName, readonly number[]>> = {
  f32x4: [0.12837917, -0.37612638, 0.11283782, -0.0268654, 0.0052209464, -0.00084828376, 0.00011256998, -9.641621e-6],
  f64x2: [
    0.12837916709551256, -0.37612638903183754, 0.11283791670955119, -0.026866170645129733, 0.005223977625422086,
    -0.0008548327021853225, 0.00012055332899358886, -1.4925647465141142e-5, 1.6462043408171023e-6,
    -1.6364614425483037e-7, 1.4792145779844187e-8, -1.2163042026435366e-9, 8.703790059875944e-11,
    -4.222896301641519e-12,
  ],
};

// log(erfc(x)) for 0.95 <= x <= 4, minimax for the relative error of erf: 2^-34.
const exponent = [
  0.00018246086, -1.129552, -0.6332724, -0.10836157, 0.025171826, -0.004190863, 0.0004385316, -2.1445723e-5,
];

/** `erf(x)` for |x| <= 1. */
export function emitErfNearZero(scope: MathScope, x: Local<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { add, mul } = shape.float;
  const square = f.let(mul(x, x));
  return add(x, mul(x, polynomial(scope, square, coefficients[shape.name])));
}

/** The error function: a polynomial near zero, `1 − erfc(|x|)` beyond. */
export function emitErf(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { sub, abs, lt, pmin } = shape.float;
  const one = shape.float.const(1);
  const x = f.let(argument);
  const a = f.let(abs(x));
  const nearZero = f.let(emitErfNearZero(scope, a));
  const erfc =
    shape.name === "f64x2"
      ? emitErfcTail(scope, a)
      : emitShortExp(scope, polynomial(scope, f.let(pmin(a, shape.float.const(4))), exponent));
  const magnitude = v128.bitselect(nearZero, sub(one, erfc), lt(a, one));
  return v128.or(magnitude, v128.and(x, shape.float.const(-0)));
}
