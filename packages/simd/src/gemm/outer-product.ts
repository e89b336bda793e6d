import type { Expr } from "../assembler/expr.ts";
import type { FunctionBuilder } from "../assembler/function-builder.ts";
import type { Local } from "../assembler/local.ts";
import { f32x4, f64x2 } from "../assembler/ops/float-vector.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { loadLanes } from "./partial-vector.ts";

/** A tile of results in registers, and how its operands lie in memory. Distances are in bytes. */
export interface OuterProduct {
  /** Bytes of an element. */
  readonly size: 4 | 8;
  readonly rows: number;
  /** Vectors of a row. */
  readonly vectors: number;
  /** Lanes of the last vector that are read from B. */
  readonly lastLanes: number;
  readonly fused: boolean;
  /** From one row of A to the next; not negative. */
  readonly rowA: number;
  /** From one step of K to the next, in A and in B. */
  readonly stepA: number;
  readonly stepB: number;
}

/**
 * Adds the outer products of `steps` columns of A and rows of B to a tile, row by row in `sums`. Moves `a` and `b` on.
 * `steps` is not zero. Where `offsets` is given, it is the address of a table of the offsets of rows of B from `b`.
 *
 * One step a turn: unrolled, the engines' register allocation spills sums to the stack and half of the speed is gone.
 */
export function emitOuterProducts(
  f: FunctionBuilder,
  tile: OuterProduct,
  sums: readonly Local<"v128">[],
  a: Local<"i32">,
  b: Local<"i32">,
  steps: Expr<"i32">,
  offsets?: Local<"i32">,
): void {
  const { size, rows, vectors, lastLanes, fused, rowA, stepA, stepB } = tile;
  const shape = size === 4 ? f32x4 : f64x2;
  const loadSplat = size === 4 ? v128.load32Splat : v128.load64Splat;
  const columns = Array.from({ length: vectors }, () => f.local("v128"));
  const element = f.local("v128");
  // The loop ends by the address of an operand that moves, which saves a counter.
  const [counter, step] =
    offsets !== undefined ? [offsets, 4] : stepB !== 0 ? [b, stepB] : stepA !== 0 ? [a, stepA] : [f.local("i32", 0), 1];
  const end = f.let(i32.add(counter, i32.mul(steps, step)));
  const row = offsets === undefined ? b : f.local("i32");
  f.loop((next) => {
    if (offsets !== undefined) {
      f.set(row, i32.add(b, i32.load(offsets)));
      f.set(offsets, i32.add(offsets, 4));
    }
    columns.forEach((vector, j) => {
      const lanes = j === vectors - 1 ? lastLanes : 16 / size;
      f.set(vector, loadLanes(row, { lanes, size, offset: j * 16 }));
    });
    for (let i = 0; i < rows; i++) {
      f.set(element, loadSplat(a, { offset: i * rowA, align: size }));
      columns.forEach((vector, j) => {
        const sum = sums[i * vectors + j]!;
        f.set(sum, fused ? shape.relaxedMadd(element, vector, sum) : shape.add(sum, shape.mul(element, vector)));
      });
    }
    if (stepA !== 0) f.set(a, i32.add(a, stepA));
    if (offsets === undefined && stepB !== 0) f.set(b, i32.add(b, stepB));
    if (offsets === undefined && stepA === 0 && stepB === 0) f.set(counter, i32.add(counter, 1));
    f.brIf(next, i32.ne(counter, end));
  });
}
