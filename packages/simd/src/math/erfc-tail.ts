import type { Expr } from "../assembler/expr.ts";
import type { Local } from "../assembler/local.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { quickTwoSum, twoProduct } from "./double-double.ts";
import { emitExpWithRest } from "./exp.ts";
import type { MathScope } from "./math-scope.ts";
import { polynomial } from "./polynomial.ts";

const centre = 3;

// exp(x²) · erfc(x) · (x + ½), which hardly changes, as a constant and a polynomial in t = (x − 3)/(x + 3),
// for 0.5 <= x <= 28, minimax: 2^-60.
const constant = 0.6265040291348648;
const coefficients = [
  2.2084769599392336e-17, -0.0678105530622906, -0.023781147176725338, 0.06482257935138196, -0.05963683170765665,
  0.034154013671933825, -0.01188525745924082, 0.0012646959088883649, 0.0009443451776977297, -0.00038991614320353423,
  -5.257987473973119e-5, 6.254971024875145e-5, 2.4745513549522102e-6, -1.0050369760588129e-5, -3.6488674409678974e-7,
  1.736257933316179e-6, 1.759812288967472e-7, -3.080006411052387e-7, -6.657990624604418e-8, 4.996951473712811e-8,
  1.6598769980794466e-8, -5.542873439847666e-9, -1.9654943312734587e-9,
];

/** `erfc(x)` in double precision for x >= 0.5. */
export function emitErfcTail(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { add, sub, mul, div, pmin } = shape.float;
  // Beyond 28 it is zero; infinity must not reach the quotient.
  const x = f.let(pmin(argument, shape.float.const(28)));
  const t = f.let(div(sub(x, shape.float.const(centre)), add(x, shape.float.const(centre))));
  const [factor, factorLow] = quickTwoSum(
    f,
    f.let(shape.float.const(constant)),
    f.let(polynomial(scope, t, coefficients)),
  );
  const shifted = f.let(add(x, shape.float.const(0.5)));
  const quotient = f.let(div(factor, shifted));
  // What the quotient lacks, relative to the factor, which is about 0.6, is added to the exponent.
  const [back, backLow] = twoProduct(f, quotient, shifted);
  const lacking = mul(add(sub(sub(factor, back), backLow), factorLow), shape.float.const(1 / 0.6));
  const [high, low] = minusSquare(scope, x);
  const [e, rest] = emitExpWithRest(scope, high, f.let(add(low, lacking)));
  return add(mul(e, quotient), mul(rest, quotient));
}

/** `−x²` in two parts. */
function minusSquare({ f, shape }: MathScope, x: Local<"v128">): readonly [high: Local<"v128">, low: Expr<"v128">] {
  const { add, sub, mul, neg } = shape.float;
  // The square of 26 bits is exact.
  const head = f.let(v128.and(x, shape.bits(-1n << 27n)));
  const headSquare = f.let(neg(mul(head, head)));
  const rest = f.let(mul(sub(head, x), add(head, x)));
  const high = f.let(add(headSquare, rest));
  return [high, add(sub(headSquare, high), rest)];
}
