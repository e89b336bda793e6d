import type { Expr } from "../assembler/expr.ts";
import type { FunctionBuilder } from "../assembler/function-builder.ts";
import { i32x4, i64x2 } from "../assembler/ops/integer-vector.ts";

/** Transposes a square of lanes: vector i of the result holds lane i of each line. Four lines of four, or two of two. */
export function transposeLanes(f: FunctionBuilder, lines: readonly Expr<"v128">[]): Expr<"v128">[] {
  const [a, b, c, d] = lines as [Expr<"v128">, Expr<"v128">, Expr<"v128">, Expr<"v128">];
  if (lines.length === 2) return [i64x2.shuffle(a, b, [0, 2]), i64x2.shuffle(a, b, [1, 3])];
  const low = f.let(i32x4.shuffle(a, b, [0, 4, 1, 5]));
  const high = f.let(i32x4.shuffle(a, b, [2, 6, 3, 7]));
  const lowOther = f.let(i32x4.shuffle(c, d, [0, 4, 1, 5]));
  const highOther = f.let(i32x4.shuffle(c, d, [2, 6, 3, 7]));
  return [
    i64x2.shuffle(low, lowOther, [0, 2]),
    i64x2.shuffle(low, lowOther, [1, 3]),
    i64x2.shuffle(high, highOther, [0, 2]),
    i64x2.shuffle(high, highOther, [1, 3]),
  ];
}
