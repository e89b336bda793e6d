import type { Expr } from "../assembler/expr.ts";
import type { FunctionBuilder } from "../assembler/function-builder.ts";
import type { Local } from "../assembler/local.ts";
import { f64x2 } from "../assembler/ops/float-vector.ts";
import { i64x2 } from "../assembler/ops/integer-vector.ts";
import { v128 } from "../assembler/ops/v128.ts";

const { add, sub, mul } = f64x2;

/** A number in two parts, the second below the last place of the first. */
export type DoubleDouble = readonly [high: Local<"v128">, low: Local<"v128">];

/** `a + b` exactly, for |a| >= |b| or a = 0 (Dekker). */
export function quickTwoSum(f: FunctionBuilder, a: Local<"v128">, b: Local<"v128">): DoubleDouble {
  const high = f.let(add(a, b));
  return [high, f.let(sub(b, sub(high, a)))];
}

/** `a · b` exactly, unless it overflows or is subnormal (Veltkamp and Dekker, split by a mask). */
export function twoProduct(f: FunctionBuilder, a: Local<"v128">, b: Local<"v128">): DoubleDouble {
  const [aHigh, aLow] = split(f, a);
  const [bHigh, bLow] = split(f, b);
  const high = f.let(mul(a, b));
  const cross = add(add(sub(mul(aHigh, bHigh), high), mul(aHigh, bLow)), mul(aLow, bHigh));
  return [high, f.let(add(cross, mul(aLow, bLow)))];
}

function split(f: FunctionBuilder, x: Local<"v128">): DoubleDouble {
  const high: Expr<"v128"> = v128.and(x, i64x2.const(-1n << 27n));
  const head = f.let(high);
  return [head, f.let(sub(x, head))];
}
