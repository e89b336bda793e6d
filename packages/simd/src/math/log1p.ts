import type { Expr } from "../assembler/expr.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { decompose, hasUnusualLane, logOfParts, patchLog } from "./log.ts";
import type { MathScope } from "./math-scope.ts";

/** `log(1 + x)`, with what the addition lost put back; near zero the series takes x itself. */
export function emitLog1p(scope: MathScope, argument: Expr<"v128">): Expr<"v128"> {
  const { f, shape } = scope;
  const { add, sub, div, eq } = shape.float;
  const one = shape.float.const(1);
  const x = f.let(argument);
  const u = f.let(add(one, x));
  const added = f.let(sub(u, one));
  const lost = add(sub(one, sub(u, added)), sub(x, added));
  const parts = decompose(scope, u);
  const k = f.let(parts.k);
  const isNear = f.let(eq(k, shape.float.const(0)));
  const t = f.let(v128.bitselect(x, sub(parts.m, one), isNear));
  const result = f.let(logOfParts(scope, k, t, v128.andnot(div(lost, u), isNear)));
  f.if(hasUnusualLane(scope, u), () => patchLog(scope, result, u));
  // The sign of x, for a zero.
  return v128.or(result, v128.and(x, shape.float.const(-0)));
}
