import { expect, it } from "vitest";
import { randomNumbers } from "../../../test/reference-gemm.ts";
import { type GemmRun, instantiateGemm } from "../../../test/run-gemm-spec.ts";
import { detectFeatures } from "../../features/detect-features.ts";
import type { Band, GemmSpec } from "./gemm-spec.ts";

const { relaxedSimd } = detectFeatures();

const bands: readonly Band[] = [
  { lower: -1000, upper: 0 },
  { lower: 0, upper: 1000 },
  { lower: -20, upper: 3 },
  { lower: 25, upper: 40 },
  { lower: -1000, upper: -70 },
];
const sizes = [
  [64, 16, 64],
  [70, 64, 67],
  [33, 7, 130],
  [40, 5, 40],
  [129, 23, 600],
  [3, 40, 50],
  [1, 9, 33],
  [600, 12, 700],
  [40, 20, 33],
  [40, 44, 35],
  [50, 22, 34],
] as const;

interface Layouts {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly gap: number;
}

function specOf(
  [m, n, k]: readonly [number, number, number],
  { transposeA, transposeB, gap }: Layouts,
  dtype: "float32" | "float64",
): GemmSpec {
  const matrix = (rows: number, columns: number, isTransposed: boolean): { rowStride: number; columnStride: number } =>
    isTransposed ? { rowStride: 1, columnStride: rows + gap } : { rowStride: columns + gap, columnStride: 1 };
  const [a, b] = [matrix(m, k, transposeA), matrix(k, n, transposeB)];
  return { dtype, m, n, k, a, b, c: { rowStride: n }, fma: false };
}

const isWithin = ({ lower, upper }: Band, i: number, j: number): boolean => lower <= j - i && j - i <= upper;

/** Fills operands with random numbers, A by `outside` where the band leaves it. */
function fill({ a, b }: GemmRun, spec: GemmSpec, band: Band | undefined, outside: number): void {
  const next = randomNumbers(spec.m * 31 + spec.k);
  for (const operand of [a, b]) operand.forEach((_, i) => (operand[i] = next()));
  const { rowStride, columnStride } = spec.a as { rowStride: number; columnStride: number };
  if (band === undefined) return;
  for (let i = 0; i < spec.m; i++) {
    for (let j = 0; j < spec.k; j++) if (!isWithin(band, i, j)) a[i * rowStride + j * columnStride] = outside;
  }
}

/** The product in chunks of rows. */
function run(spec: GemmSpec, filled: (run: GemmRun) => void, chunk: number): GemmRun {
  const made = instantiateGemm(spec, "b");
  filled(made);
  made.c.fill(0.25);
  for (let row = 0; row < spec.m; row += chunk) made.multiply(row, Math.min(spec.m, row + chunk));
  return made;
}

/** Whether all elements are the same, NaN and the sign of 0 included. */
const isSame = (one: GemmRun["c"], other: GemmRun["c"]): boolean => one.every((x, i) => Object.is(x, other[i]));

const layouts = [false, true].flatMap((transposeA) =>
  [false, true].flatMap((transposeB) => [0, 3].map((gap) => ({ transposeA, transposeB, gap }))),
);

it.each(["float32", "float64"] as const)("terms that are 0 are left out: the bits are the same, %s", (dtype) => {
  for (const [at, size] of sizes.entries()) {
    for (const layout of layouts) {
      for (const bandA of bands) {
        const spec = {
          ...specOf(size, layout, dtype),
          accumulateInto: at % 2 === 1,
          fma: relaxedSimd && at % 3 === 0,
        };
        const banded = run({ ...spec, bandA }, (one) => fill(one, spec, bandA, 0), 17 + at);
        const whole = run(spec, (one) => fill(one, spec, bandA, 0), spec.m);
        if (!isSame(banded.c, whole.c)) expect.fail(JSON.stringify([spec, bandA]));
      }
    }
  }
});

it.each(["float32", "float64"] as const)("0 times what is not finite is NaN, %s", (dtype) => {
  for (const size of sizes.slice(0, 4)) {
    for (const layout of layouts) {
      for (const bandA of bands) {
        const spec = specOf(size, layout, dtype);
        for (const bad of [Infinity, -Infinity, NaN]) {
          const filled = (one: GemmRun): void => {
            fill(one, spec, bandA, 0);
            one.b[one.b.length - 1] = bad;
          };
          const banded = run({ ...spec, bandA }, filled, spec.m);
          if (!isSame(banded.c, run(spec, filled, spec.m).c)) expect.fail(JSON.stringify([spec, bandA, bad]));
          expect(banded.c.some((element) => !Number.isFinite(element))).toBe(true);
        }
      }
    }
  }
});

it("what is far outside of the band is not read", () => {
  const band = { lower: -1000, upper: 0 };
  for (const layout of layouts) {
    const spec = specOf([128, 16, 128], layout, "float32");
    const banded = run({ ...spec, bandA: band }, (one) => fill(one, spec, { lower: -1000, upper: 31 }, NaN), 128);
    const whole = run(spec, (one) => fill(one, spec, band, 0), 128);
    // Up to 31 diagonals above the band are numbers here that count or do not: rows of the last block have none that do.
    expect(banded.c.every(Number.isFinite)).toBe(true);
    expect(banded.c.subarray(127 * 16)).toEqual(whole.c.subarray(127 * 16));
  }
});

it("what is needed of C is the product, and much of the rest is not computed", () => {
  for (const [at, size] of sizes.entries()) {
    for (const layout of layouts) {
      for (const bandC of bands) {
        const spec = { ...specOf(size, layout, at % 2 === 0 ? "float32" : "float64"), fma: relaxedSimd && at !== 5 };
        const [banded, whole] = [{ ...spec, bandC }, spec].map((one) =>
          run(one, (made) => fill(made, spec, undefined, 0), 19 + at),
        ) as [GemmRun, GemmRun];
        for (let i = 0; i < spec.m; i++) {
          for (let j = 0; j < spec.n; j++) {
            const cell = i * spec.n + j;
            const isRight = banded.c[cell] === whole.c[cell] || (!isWithin(bandC, i, j) && banded.c[cell] === 0.25);
            if (!isRight) expect.fail(JSON.stringify([spec, bandC, i, j, banded.c[cell], whole.c[cell]]));
          }
        }
      }
    }
  }
  const spec = specOf([128, 128, 16], { transposeA: false, transposeB: true, gap: 0 }, "float32");
  const { c } = run({ ...spec, bandC: bands[0] }, (made) => fill(made, spec, undefined, 0), 128);
  expect(c.filter((element) => element === 0.25).length).toBeGreaterThan(0.4 * c.length);
});
