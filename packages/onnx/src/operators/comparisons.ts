import { type Tensor, where } from "@tapegrad/tensor";
import type { Operator, Operators } from "./node-call.ts";

function of(f: (a: Tensor, b: Tensor) => Tensor): Operator {
  return (call) => f(call.input(0), call.input(1));
}

/** Comparisons, logic and choice. */
export const comparisons: Operators = {
  Equal: of((a, b) => a.eq(b)),
  Greater: of((a, b) => a.gt(b)),
  GreaterOrEqual: of((a, b) => a.ge(b)),
  Less: of((a, b) => a.lt(b)),
  LessOrEqual: of((a, b) => a.le(b)),
  And: of((a, b) => a.logicalAnd(b)),
  Or: of((a, b) => a.logicalOr(b)),
  Xor: of((a, b) => a.ne(b)),
  Where: (call) => where(call.input(0), call.input(1), call.input(2)),
};
