import { where } from "@tapegrad/tensor";
import { ofTwo } from "./broadcast.ts";
import type { Operators } from "./node-call.ts";

/** Comparisons, logic and choice. */
export const comparisons: Operators = {
  Equal: ofTwo((a, b) => a.eq(b)),
  Greater: ofTwo((a, b) => a.gt(b)),
  GreaterOrEqual: ofTwo((a, b) => a.ge(b)),
  Less: ofTwo((a, b) => a.lt(b)),
  LessOrEqual: ofTwo((a, b) => a.le(b)),
  And: ofTwo((a, b) => a.logicalAnd(b)),
  Or: ofTwo((a, b) => a.logicalOr(b)),
  Xor: ofTwo((a, b) => a.ne(b)),
  Where: (call) => where(call.input(0), call.input(1), call.input(2)),
};
