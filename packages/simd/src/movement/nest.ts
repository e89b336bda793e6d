import type { Expr } from "../assembler/expr.ts";
import type { FunctionBuilder } from "../assembler/function-builder.ts";
import type { Local } from "../assembler/local.ts";
import { i32 } from "../assembler/ops/i32.ts";

/** Words of an axis in memory: extent, a counter that is 0, and the distances of neighbours in two arrays, in bytes. */
export const axisWords = 4;
const axisBytes = 4 * axisWords;

/** A walk through two arrays: its axes in memory, outermost first, at least two; and where it begins in the arrays. */
export interface Walk {
  readonly axes: Local<"i32">;
  readonly rank: Local<"i32">;
  readonly a: Local<"i32">;
  readonly b: Local<"i32">;
}

/** The innermost two axes of a walk, at some place of the others. */
export interface Plane {
  readonly a: Local<"i32">;
  readonly b: Local<"i32">;
  readonly rows: Local<"i32">;
  readonly columns: Local<"i32">;
  readonly rowA: Local<"i32">;
  readonly rowB: Local<"i32">;
  readonly stepA: Local<"i32">;
  readonly stepB: Local<"i32">;
}

/** Runs `plane` for every index of the outer axes, in order. No extent is 0. The counters are 0 again afterwards. */
export function emitPlanes(f: FunctionBuilder, { axes, rank, a, b }: Walk, plane: (plane: Plane) => void): void {
  const inner = f.let(i32.add(axes, i32.mul(i32.sub(rank, 2), axisBytes)));
  const field = (word: number): Local<"i32"> => f.let(i32.load(inner, { offset: 4 * word }));
  const [rows, rowA, rowB] = [field(0), field(2), field(3)];
  const [columns, stepA, stepB] = [4, 6, 7].map(field) as [Local<"i32">, Local<"i32">, Local<"i32">];
  const axis = f.local("i32");
  f.loop((nextPlane) => {
    plane({ a, b, rows, columns, rowA, rowB, stepA, stepB });
    f.set(axis, i32.sub(inner, axisBytes));
    f.while(i32.geU(axis, axes), () => {
      const index = f.let(i32.add(i32.load(axis, { offset: 4 }), 1));
      const strideOf = (word: number): Expr<"i32"> => i32.load(axis, { offset: 4 * word });
      f.if(i32.ltU(index, i32.load(axis)), () => {
        f.store("i32", axis, index, { offset: 4 });
        f.set(a, i32.add(a, strideOf(2)));
        f.set(b, i32.add(b, strideOf(3)));
        f.br(nextPlane);
      });
      f.store("i32", axis, 0, { offset: 4 });
      f.set(a, i32.sub(a, i32.mul(i32.sub(index, 1), strideOf(2))));
      f.set(b, i32.sub(b, i32.mul(i32.sub(index, 1), strideOf(3))));
      f.set(axis, i32.sub(axis, axisBytes));
    });
  });
}

/** Runs `body` for every element of a plane, with its addresses. */
export function emitElements(
  f: FunctionBuilder,
  { a, b, rows, columns, rowA, rowB, stepA, stepB }: Plane,
  body: (from: Local<"i32">, to: Local<"i32">) => void,
): void {
  const rowFrom = f.local("i32", a);
  const rowTo = f.local("i32", b);
  f.for({ to: rows }, () => {
    const from = f.local("i32", rowFrom);
    const to = f.local("i32", rowTo);
    f.for({ to: columns }, () => {
      body(from, to);
      f.set(from, i32.add(from, stepA));
      f.set(to, i32.add(to, stepB));
    });
    f.set(rowFrom, i32.add(rowFrom, rowA));
    f.set(rowTo, i32.add(rowTo, rowB));
  });
}

/** Runs `body` for every row of a plane, with the addresses where it begins. */
export function emitRows(
  f: FunctionBuilder,
  { a, b, rows, rowA, rowB }: Plane,
  body: (from: Local<"i32">, to: Local<"i32">) => void,
): void {
  const from = f.local("i32", a);
  const to = f.local("i32", b);
  f.for({ to: rows }, () => {
    body(from, to);
    f.set(from, i32.add(from, rowA));
    f.set(to, i32.add(to, rowB));
  });
}
