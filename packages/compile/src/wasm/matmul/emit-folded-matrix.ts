import { type FunctionRef, type GemmFunction, i32, type ModuleBuilder, select } from "@tapegrad/simd";
import { dtypes } from "@tapegrad/tensor/internal";
import { foldingFunction } from "../routines/folding/folding.ts";
import type { FoldedMatrix } from "./folded-matrix.ts";
import type { MatmulPlan } from "./matmul-plan.ts";
import { matmulScratch } from "./matmul-scratch.ts";

const signature = { params: { a: "i32", b: "i32", c: "i32", scratch: "i32" }, result: "void" } as const;

/** Defines the function that multiplies two matrices and folds what they give, some planes at a time, to `c`. */
export function foldedMatrixFunction(
  module: ModuleBuilder,
  gemm: GemmFunction,
  plan: MatmulPlan,
  { folding, planes, rows }: FoldedMatrix,
): FunctionRef<(typeof signature)["params"], "void"> {
  const { m, n, dtype } = plan.spec;
  const fold = foldingFunction(module, folding);
  const places = matmulScratch(plan);
  return module.function(`${gemm.name} folded`, signature, (f, { a, b, c, scratch }) => {
    const totals = f.let(i32.add(scratch, places.totals));
    // Where the matrix would start if all of it were kept.
    const y = f.let(i32.add(scratch, places.rows));
    const row = f.local("i32", 0);
    f.for({ to: folding.items, step: planes }, (plane) => {
      const [nextRow, nextPlane] = [f.let(i32.add(row, rows)), f.let(i32.add(plane, planes))];
      const rowEnd = f.let(select(i32.ltS(nextRow, m), nextRow, i32.const(m)));
      const to = f.let(select(i32.ltS(nextPlane, folding.items), nextPlane, i32.const(folding.items)));
      f.call(gemm, { a, b, c: y, scratch, rowStart: row, rowEnd, argument: 0 });
      f.call(fold, { out: c, y, scratch: totals, from: plane, to });
      f.set(row, rowEnd);
      f.set(y, i32.sub(y, rows * n * dtypes[dtype].bytes));
    });
  });
}
