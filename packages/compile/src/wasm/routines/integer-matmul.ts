import { type Expr, i32, i32x4, type Local, v128 } from "@tapegrad/simd";
import { stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf, type Value } from "../../graph/graph.ts";
import { bytesOf } from "../elements.ts";
import { emitNest } from "./nest.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";
import { totalOfNothing } from "./total-of-nothing.ts";

/** Products of int32 matrices, modulo 2^32; those over nothing are 0. */
export const integerMatmul: RoutineEmitter = (kernel) => {
  const { operation, inputs } = kernel;
  const { transposeA, transposeB } = attrsOf(operation, "matmul");
  const out = operation.outputs[0]!;
  const { shape, dtype } = out;
  const shapes = operation.inputs.map((input) => input.shape) as [readonly number[], readonly number[]];
  const rank = shape.length;
  const k = shapes[0].at(transposeA ? -2 : -1)!;
  if (k === 0) return totalOfNothing(0)(kernel);
  if (dtype !== "int32") return undefined;
  const n = shape[rank - 1]!;
  const batch = shape.slice(0, -2);
  const bytes = bytesOf(dtype);
  /** Bytes per step of the stack, and then of the two axes of the matrix. */
  const layout = (of: readonly number[], swap: boolean): number[] => {
    const own = stridesOf(of).map((stride, axis) => (of[axis] === 1 ? 0 : stride * bytes));
    const [rows, columns] = own.slice(-2) as [number, number];
    const missing = Array.from({ length: rank - of.length }, () => 0);
    return [...missing, ...own.slice(0, -2), ...(swap ? [columns, rows] : [rows, columns])];
  };
  const [a, b, c] = [layout(shapes[0], transposeA), layout(shapes[1], transposeB), layout(shape, false)];
  const [stepA, stepB] = [a[rank - 1]!, b[rank - 2]!];
  const isRow = b[rank - 1] === bytes && n >= 4;
  return routineCode([
    {
      items: shape[0]!,
      emit: ({ f, addressOf, from, to }) => {
        const walker = (value: Value, strides: number[]) => ({ address: f.local("i32", addressOf(value)), strides });
        const [left, right, target] = [
          walker(inputs[0]!, a.slice(0, -1)),
          walker(inputs[1]!, [...b.slice(0, -2), 0]),
          walker(out, c.slice(0, -1)),
        ];
        const sumProducts = (column: Expr<"i32">, add: (x: Local<"i32">, y: Local<"i32">) => void): void => {
          const x = f.local("i32", left.address);
          const y = f.local("i32", i32.add(right.address, i32.mul(column, b[rank - 1]!)));
          f.for({ to: k }, () => {
            add(x, y);
            f.set(x, i32.add(x, stepA));
            f.set(y, i32.add(y, stepB));
          });
        };
        const placeOf = (column: Expr<"i32">): Expr<"i32"> => i32.add(target.address, i32.mul(column, bytes));
        const fourColumns = (column: Expr<"i32">): void => {
          const total = f.local("v128", i32x4.const(0));
          sumProducts(column, (x, y) => {
            const product = i32x4.mul(v128.load32Splat(x), v128.load(y, { align: 4 }));
            f.set(total, i32x4.add(total, product));
          });
          f.store("v128", placeOf(column), total, { align: 4 });
        };
        const oneColumn = (column: Expr<"i32">): void => {
          const total = f.local("i32", 0);
          sumProducts(column, (x, y) => f.set(total, i32.add(total, i32.mul(i32.load(x), i32.load(y)))));
          f.store("i32", placeOf(column), total);
        };
        emitNest(
          f,
          [...batch, shape[rank - 2]!],
          [left, right, target],
          () => {
            const wide = isRow ? Math.floor(n / 4) * 4 : 0;
            if (wide > 0) f.for({ to: wide, step: 4 }, fourColumns);
            if (wide < n) f.for({ from: wide, to: n }, oneColumn);
          },
          { from, to },
        );
      },
    },
  ]);
};
