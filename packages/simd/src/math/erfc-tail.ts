import type { Expr } from "../assembler/expr.ts";
import type { Local } from "../assembler/local.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { emitExp } from "./exp.ts";
import type { MathScope } from "./math-scope.ts";
import { polynomial } from "./polynomial.ts";

const centre = 3;

// exp(x²) · erfc(x) · (x + 3) as a polynomial in t = (x − 3)/(x + 3) for 0.5 <= x <= 27.3, minimax: 2^-60.
const coefficients = [
  1.0740069070883398, -0.8833944531698836, 0.5902283571041018, -0.3104672619005607, 0.11952776128728795,
  -0.026827234624755784, -0.001212416627114775, 0.003034062006249846, -0.0005483096940587113, -0.00027677789586876217,
  0.00010756151814114373, 3.0398449122543056e-5, -1.7470811168227075e-5, -4.7502315313732645e-6, 2.7665174605901447e-6,
  1.0010286434675796e-6, -4.110971033464347e-7, -2.359919646841845e-7, 5.1253941620545715e-8, 5.15136086135664e-8,
  -5.792780069729609e-9, -7.456961232854293e-9, 1.0720814542999224e-9,
];

/** `erfc(x)` in double precision for x >= 0.5. */
export function emitErfcTail(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { add, sub, mul, div, pmin } = shape.float;
  // Beyond 28 it is zero; infinity must not reach the quotient.
  const x = f.let(pmin(argument, shape.float.const(28)));
  const shifted = f.let(add(x, shape.float.const(centre)));
  const t = f.let(div(sub(x, shape.float.const(centre)), shifted));
  const scaled = f.let(div(polynomial(scope, t, coefficients), shifted));
  const [high, low] = minusSquare(scope, x);
  return mul(emitExp(scope, high, low), scaled);
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
