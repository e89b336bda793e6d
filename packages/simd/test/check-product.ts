import { expect } from "vitest";
import type { GemmSpec, StridedMatrix } from "../src/gemm/fixed/gemm-spec.ts";
import { randomNumbers } from "./reference-gemm.ts";
import { type GemmRun, instantiateGemm, referenceSum } from "./run-gemm-spec.ts";

/** The error of an element, relative to the sum of the magnitudes of its terms. */
export const tolerance = { float32: 1.2e-6, float64: 3e-15 } as const;

/** A matrix by rows or by columns, with a gap between them. */
export function matrixOf(rows: number, columns: number, transposed: boolean, gap = 0): StridedMatrix {
  return transposed ? { rowStride: 1, columnStride: rows + gap } : { rowStride: columns + gap, columnStride: 1 };
}

/** Random operands, and what results and guards must not keep or lose. */
export function fillOperands(run: GemmRun, seed: number): void {
  const random = randomNumbers(seed);
  for (const operand of [run.a, run.b]) operand.forEach((_, i) => (operand[i] = random()));
  run.c.fill(0.5);
  for (const guard of run.guards) guard.fill(7);
}

/** Compares a product with a plain loop in float64; reading or writing outside of the operands fails. */
export function checkProduct(spec: GemmSpec, chunk: number = spec.m, ends: readonly ("a" | "b")[] = ["a", "b"]): void {
  for (const atEnd of ends) {
    const run = instantiateGemm(spec, atEnd);
    fillOperands(run, spec.m * 10007 + spec.n * 101 + spec.k);
    for (let row = 0; row < spec.m; row += chunk) run.multiply(row, Math.min(spec.m, row + chunk));
    const reference = referenceSum(spec, run);
    const { m, n, c } = spec;
    for (let row = 0; row < m; row++) {
      const stored = row < m - 1 ? c.rowStride : n;
      for (let column = 0; column < stored; column++) {
        const got = run.c[row * c.rowStride + column]!;
        const { sum, magnitude } = column < n ? reference(row, column) : { sum: 0.5, magnitude: 1 };
        const before = column < n && spec.accumulateInto === true ? 0.5 : 0;
        const error = Math.abs(got - sum - before) / (magnitude + before + 1e-30);
        if (!(error <= tolerance[spec.dtype])) expect.fail(`${JSON.stringify(spec)}: (${row}, ${column}) is ${got}`);
      }
    }
    for (const guard of run.guards) expect([...new Set(guard)]).toEqual([7]);
  }
}
