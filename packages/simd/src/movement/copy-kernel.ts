import type { FunctionBuilder } from "../assembler/function-builder.ts";
import type { FunctionRef } from "../assembler/function-ref.ts";
import type { ModuleBuilder } from "../assembler/module-builder.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { i32x4 } from "../assembler/ops/integer-vector.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { transposeLanes } from "../gemm/transpose-lanes.ts";
import { emitElements, emitPlanes, emitRows, type Plane } from "./nest.ts";

const planeSignature = {
  params: {
    a: "i32",
    b: "i32",
    rows: "i32",
    columns: "i32",
    rowA: "i32",
    rowB: "i32",
    stepA: "i32",
    stepB: "i32",
  },
  result: "void",
} as const;

type PlaneKernel = FunctionRef<(typeof planeSignature)["params"], "void">;

/** Exports `copy`, which copies words along a walk from its first array to its second. */
export function defineCopy(module: ModuleBuilder): void {
  const one = module.function("copyWords", planeSignature, (f, plane) => {
    emitElements(f, plane, (from, to) => f.store("i32", to, i32.load(from)));
  });
  const squares = defineSquares(module, one);
  const signature = { params: { axes: "i32", rank: "i32", a: "i32", b: "i32" }, result: "void" } as const;
  const copy = module.function("copy", signature, (f, walk) => {
    emitPlanes(f, walk, (plane) => {
      const { rowA, stepA, stepB } = plane;
      f.if(
        i32.eq(stepB, 4),
        () => {
          f.if(
            i32.eq(stepA, 4),
            () => emitRows(f, plane, (from, to) => copyRow(f, plane, from, to)),
            () => {
              f.if(
                i32.eqz(stepA),
                () => emitRows(f, plane, (from, to) => repeatAlongRow(f, plane, from, to)),
                () =>
                  f.if(
                    i32.eq(rowA, 4),
                    () => f.call(squares, plane),
                    () => f.call(one, plane),
                  ),
              );
            },
          );
        },
        () => f.call(one, plane),
      );
    });
  });
  module.exportFunction(copy);
}

type Address = Plane["a"];

/** Copies neighbours. */
function copyRow(f: FunctionBuilder, { columns }: Plane, from: Address, to: Address): void {
  const bytes = f.let(i32.shl(columns, 2));
  const wide = f.let(i32.and(bytes, -16));
  f.for({ to: wide, step: 16 }, (at) => {
    f.store("v128", i32.add(to, at), v128.load(i32.add(from, at), { align: 4 }), { align: 4 });
  });
  f.for({ from: wide, to: bytes, step: 4 }, (at) => f.store("i32", i32.add(to, at), i32.load(i32.add(from, at))));
}

/** Writes one word to all of a row. */
function repeatAlongRow(f: FunctionBuilder, { columns }: Plane, from: Address, to: Address): void {
  const bytes = f.let(i32.shl(columns, 2));
  const wide = f.let(i32.and(bytes, -16));
  const word = f.let(i32.load(from));
  const words = f.let(i32x4.splat(word));
  f.for({ to: wide, step: 16 }, (at) => f.store("v128", i32.add(to, at), words, { align: 4 }));
  f.for({ from: wide, to: bytes, step: 4 }, (at) => f.store("i32", i32.add(to, at), word));
}

/** Transposes a plane whose columns are neighbours in the first array, and whose rows in the second: squares of 4 × 4 words. */
function defineSquares(module: ModuleBuilder, one: PlaneKernel): PlaneKernel {
  return module.function("copySquares", planeSignature, (f, plane) => {
    const { a, b, rows, columns, rowA, rowB, stepA, stepB } = plane;
    const steps = { rowA, rowB, stepA, stepB };
    const evenRows = f.let(i32.and(rows, -4));
    const evenColumns = f.let(i32.and(columns, -4));
    f.for({ to: evenRows, step: 4 }, (row) => {
      const from = f.let(i32.add(a, i32.shl(row, 2)));
      const to = f.let(i32.add(b, i32.mul(row, rowB)));
      f.for({ to: evenColumns, step: 4 }, () => {
        const lines = Array.from({ length: 4 }, () => {
          const line = f.let(v128.load(from, { align: 4 }));
          f.set(from, i32.add(from, stepA));
          return line;
        });
        const target = f.local("i32", to);
        for (const line of transposeLanes(f, lines)) {
          f.store("v128", target, line, { align: 4 });
          f.set(target, i32.add(target, rowB));
        }
        f.set(to, i32.add(to, 16));
      });
      const rest = i32.sub(columns, evenColumns);
      f.call(one, { a: from, b: to, rows: i32.const(4), columns: rest, ...steps });
    });
    f.call(one, {
      a: i32.add(a, i32.shl(evenRows, 2)),
      b: i32.add(b, i32.mul(evenRows, rowB)),
      rows: i32.sub(rows, evenRows),
      columns,
      ...steps,
    });
  });
}
