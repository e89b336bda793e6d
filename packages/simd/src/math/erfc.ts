import type { Expr } from "../assembler/expr.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { emitErfNearZero } from "./erf.ts";
import { emitErfcTail } from "./erfc-tail.ts";
import type { MathScope } from "./math-scope.ts";

/** The complementary error function `1 − erf(x)` in double precision, with full relative precision in the tail. */
export function emitErfc(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { sub, abs, lt } = shape.float;
  const x = f.let(argument);
  const a = f.let(abs(x));
  const nearZero = sub(shape.float.const(1), f.let(emitErfNearZero(scope, x)));
  const tail = f.let(emitErfcTail(scope, a));
  const beyond = v128.bitselect(sub(shape.float.const(2), tail), tail, lt(x, shape.float.const(0)));
  return v128.bitselect(nearZero, beyond, lt(a, shape.float.const(0.5)));
}
