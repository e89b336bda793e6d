import { expect, it } from "vitest";
import { randomNumbers } from "../../../test/reference-gemm.ts";
import { instantiateGemm, referenceSum } from "../../../test/run-gemm-spec.ts";
import { detectFeatures } from "../../features/detect-features.ts";
import { lengthOf } from "./affine-axis.ts";
import type { AxisDigit, GemmSpec } from "./gemm-spec.ts";

const { relaxedSimd } = detectFeatures();

/** A product with random digits: windows, flips, broadcasts, gaps, whatever strides. */
function randomSpec(seed: number): GemmSpec {
  const next = randomNumbers(seed * 7919 + 1);
  for (let i = 0; i < 5; i++) next();
  const below = (count: number): number => Math.floor(((next() + 1) / 2) * count);
  const sizes = (): number[] => Array.from({ length: 1 + below(3) }, () => 1 + below(below(3) === 0 ? 17 : 6));
  const product = (factors: readonly number[]): number => factors.reduce((x, y) => x * y, 1);
  const digits = (length: number, factors: readonly number[]): AxisDigit[] => {
    const parts = below(3) === 0 ? [length] : factors;
    const inner = [1, 1, 1, 2, 0, -1, 7][below(7)]!;
    return parts.map((size, i) => ({ size, stride: i === parts.length - 1 ? inner : below(60) - 10 }));
  };
  const [rows, columns, steps] = [sizes(), sizes(), sizes()];
  const [m, n, k] = [product(rows), product(columns), product(steps)];
  return {
    dtype: below(2) === 0 ? "float32" : "float64",
    ...{ m, n, k },
    a: { rows: digits(m, rows), columns: digits(k, steps) },
    b: { rows: digits(k, steps), columns: digits(n, columns) },
    c: { rowStride: n + below(3) },
    fma: relaxedSimd && below(2) === 0,
    accumulateInto: below(3) === 0,
  };
}

it("200 products of random layouts, in random chunks of rows, equal a plain loop", () => {
  for (let seed = 0; seed < 200; seed++) {
    const spec = randomSpec(seed);
    const { m, n, k, a, dtype } = spec;
    expect("rows" in a && lengthOf(a.rows)).toBe(m);
    const run = instantiateGemm(spec, seed % 2 === 0 ? "a" : "b");
    const next = randomNumbers(seed);
    for (const operand of [run.a, run.b]) operand.forEach((_, i) => (operand[i] = next()));
    run.c.fill(0.5);
    const chunk = 1 + Math.floor(((next() + 1) / 2) * m);
    for (let row = 0; row < m; row += chunk) run.multiply(row, Math.min(m, row + chunk));
    const reference = referenceSum(spec, run);
    const before = spec.accumulateInto === true ? 0.5 : 0;
    for (let cell = 0; cell < m * n; cell += 1 + (seed % 3)) {
      const [row, column] = [Math.floor(cell / n), cell % n];
      const { sum, magnitude } = reference(row, column);
      const got = run.c[row * spec.c.rowStride + column]!;
      const error = Math.abs(got - sum - before) / (magnitude + before + 1e-30);
      const limit = (k + 8) * (dtype === "float32" ? 6e-8 : 1.2e-16);
      if (!(error <= limit))
        expect.fail(`seed ${seed}, ${JSON.stringify(spec)}: (${row}, ${column}) is ${got}, not ${sum}`);
    }
  }
});
