import type { Expr } from "../../assembler/expr.ts";
import type { FunctionBuilder } from "../../assembler/function-builder.ts";
import type { Local } from "../../assembler/local.ts";
import { f32x4, f64x2 } from "../../assembler/ops/float-vector.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import { loadLanes } from "../partial-vector.ts";
import { transposeLanes } from "../transpose-lanes.ts";

/** A tile of results, each the dot product of a row of A and a column of B that both lie along K. Distances are in bytes. */
export interface DotProducts {
  /** Bytes of an element. */
  readonly size: 4 | 8;
  readonly rows: number;
  /** At most as many as a vector has lanes. */
  readonly columns: number;
  readonly fused: boolean;
  /** From one row of A, and one column of B, to the next; not negative. */
  readonly rowA: number;
  readonly columnB: number;
}

/**
 * Starts sums of dot products over `steps` whole vectors of K, at least one. Lane l of each sum takes the steps l, l + 4, ...
 * Moves `a` and `b` on; gives the sums row by row.
 */
export function emitDotProducts(
  f: FunctionBuilder,
  tile: DotProducts,
  a: Local<"i32">,
  b: Local<"i32">,
  steps: Expr<"i32">,
): Local<"v128">[] {
  const sums = Array.from({ length: tile.rows * tile.columns }, () => f.local("v128", f32x4.const(0)));
  const end = f.let(i32.add(a, i32.shl(steps, 4)));
  const lanes = 16 / tile.size;
  f.loop((next) => {
    emitDotStep(f, tile, sums, a, b, lanes);
    f.set(a, i32.add(a, 16));
    f.set(b, i32.add(b, 16));
    f.brIf(next, i32.ne(a, end));
  });
  return sums;
}

/** Adds the products of one vector of K, or of its first lanes. */
export function emitDotStep(
  f: FunctionBuilder,
  { size, rows, columns, fused, rowA, columnB }: DotProducts,
  sums: readonly Local<"v128">[],
  a: Local<"i32">,
  b: Local<"i32">,
  lanes: number,
): void {
  const shape = size === 4 ? f32x4 : f64x2;
  const vectors = Array.from({ length: columns }, (_, j) => f.let(loadLanes(b, { lanes, size, offset: j * columnB })));
  for (let i = 0; i < rows; i++) {
    const row = f.let(loadLanes(a, { lanes, size, offset: i * rowA }));
    vectors.forEach((column, j) => {
      const sum = sums[i * columns + j]!;
      f.set(sum, fused ? shape.relaxedMadd(row, column, sum) : shape.add(sum, shape.mul(row, column)));
    });
  }
}

/** One vector for each row: the sums over the lanes of its columns' vectors. */
export function emitLaneSums(
  f: FunctionBuilder,
  { size, rows, columns }: DotProducts,
  sums: readonly Local<"v128">[],
): Local<"v128">[] {
  const shape = size === 4 ? f32x4 : f64x2;
  const lanes = 16 / size;
  return Array.from({ length: rows }, (_, i) => {
    const lines = Array.from({ length: lanes }, (_, j) => sums[i * columns + Math.min(j, columns - 1)]!);
    const turned = transposeLanes(f, lines);
    // (0 + 2) + (1 + 3) of four lanes, 0 + 1 of two.
    const [x, y, z, w] = turned as [Expr<"v128">, Expr<"v128">, Expr<"v128">, Expr<"v128">];
    return f.let(lanes === 2 ? shape.add(x, y) : shape.add(shape.add(x, z), shape.add(y, w)));
  });
}
