import { describe, expect, it } from "vitest";
import { checkProduct, fillOperands, matrixOf } from "../../../test/check-product.ts";
import { randomNumbers } from "../../../test/reference-gemm.ts";
import { instantiateGemm } from "../../../test/run-gemm-spec.ts";
import { detectFeatures } from "../../features/detect-features.ts";
import { planGemm } from "./gemm-plan.ts";
import type { GemmSpec } from "./gemm-spec.ts";

const engines = detectFeatures().relaxedSimd ? [false, true] : [false];
const variants = (["float32", "float64"] as const).flatMap((dtype) => engines.map((fma) => ({ dtype, fma })));

describe.each(variants)("planGemm, $dtype, fma: $fma", ({ dtype, fma }) => {
  /** As many elements as lie in 4096 bytes. */
  const page = dtype === "float32" ? 1024 : 512;
  const product = (m: number, n: number, k: number, ta: boolean, tb = false): GemmSpec => {
    return { dtype, fma, m, n, k, a: matrixOf(m, k, ta), b: matrixOf(k, n, tb), c: { rowStride: n } };
  };

  it.each([
    [128, 256, 33, false],
    [128, 257, 33, true],
    [page, 31, 9, false],
    [page, 32, 9, true],
    [page - 1, 32, 9, false],
    [page + 1, 32, 9, false],
    [page, 12, 16, true],
    [page, 12, 15, false],
    [page + 1, 12, 16, false],
    [page, 4, 16, false],
  ])("a transposed A: %d x %d over %d", (m, n, k, packsA) => {
    expect(planGemm(product(m, n, k, true)).packsA).toBe(packsA);
    checkProduct(product(m, n, k, true), 50);
    checkProduct({ ...product(m, n, k, true, true), accumulateInto: true }, m, ["a"]);
  });

  it("a transposed A of few columns is copied if many tiles read each line of the caches", () => {
    // Tiles of six rows by fused multiply-add, or else of four, and of two vectors.
    const reads = (n: number): number => (64 / (4096 / page) / (fma ? 6 : 4)) * Math.ceil(n / (page / 128));
    for (const n of [page / 128, page / 64, page / 32]) {
      expect(planGemm(product(page, n, 16, true)).packsA).toBe(reads(n) >= 4);
    }
  });

  it("lines side by side are copied step by step, whatever is left of rows, columns and steps", () => {
    for (const k of [16, 17, 18, 19, 258]) {
      for (const rest of [0, 1, 2, 3, 5]) {
        const spec = { ...product(page - rest, 12 + rest, k, true), a: matrixOf(page - rest, k, true, rest) };
        expect(planGemm(spec).packsA).toBe(true);
        checkProduct(spec, page);
        checkProduct({ ...spec, accumulateInto: true }, 131, ["a"]);
      }
    }
    for (const n of [page, page - 5, page - 8, page - 10]) {
      const spec = { ...product(17, n, 259, true), b: matrixOf(259, n, false, page - n) };
      expect(planGemm(spec).packsB).toBe(true);
      checkProduct(spec, 9);
    }
  });

  it.each([
    [12, page, 49, false, true],
    [11, page, 49, false, false],
    [12, page, 9, false, true],
    [11, page, 9, false, false],
    [12, page, 8, false, false],
    [12, page + 4, 48, false, false],
    [33, page / 2, 48, false, false],
    [12, page / 2, 49, false, false],
    [32, page / 2, 49, false, false],
    [33, page / 2, 49, false, true],
    [33, page / 2 + 1, 49, false, false],
    [128, 100, 49, false, false],
    [129, 100, 49, false, true],
    [32, 100, 49, true, false],
    [33, 100, 49, true, true],
    [128, 300, 49, true, false],
  ])("B by rows: %d x %d over %d, A transposed: %o", (m, n, k, ta, packsB) => {
    expect(planGemm(product(m, n, k, ta)).packsB).toBe(packsB);
    checkProduct(product(m, n, k, ta), 13);
  });

  it("blocks of columns, few where all rows pass at once", () => {
    for (const n of [127, 128, 129, 130, 137, 141, 260]) checkProduct(product(33, n, 261, false, true), 9);
    for (const n of [512, 515]) checkProduct(product(131, n, 257, false, true), 131, ["b"]);
    expect(planGemm(product(33, 600, 261, false, true)).blockColumns).toBe(128);
    expect(planGemm(product(1200, 600, 261, false, true)).blockColumns).toBe(512);
  });

  it("few rows at a time where K is short and rows of C are far apart", () => {
    const rowsOf = (spec: GemmSpec): number => planGemm(spec).blockRows / planGemm(spec).panelRows;
    const least = (rows: number, spec: GemmSpec): number => Math.ceil(rows / planGemm(spec).panelRows);
    for (const [n, k, rows] of [
      [page, 48, 4],
      [2 * page, 8, 4],
      [page / 2, 8, 8],
      [page / 64, 48, 256],
      [page / 64 + 1, 8, 256],
    ] as const) {
      const spec = product(37, n, k, false, true);
      expect(rowsOf(spec)).toBe(least(rows, spec));
      checkProduct(spec, 5);
      checkProduct({ ...product(37, n, k, true), accumulateInto: true }, 25);
    }
    const long = product(37, page, 49, false, true);
    expect(rowsOf(long)).toBeGreaterThan(least(4, long));
  });

  /** Filters over images of `channels`, of 3 × 3 elements, seen as windows. */
  const filtered = (m: number, channels: number, high: number, wide: number, plane?: number, width = wide + 2) => {
    const [n, k] = [high * wide, channels * 9];
    const rows = [
      { size: channels, stride: plane ?? (high + 2) * width },
      { size: 3, stride: width },
      { size: 3, stride: 1 },
    ];
    const columns = [
      { size: high, stride: width },
      { size: wide, stride: 1 },
    ];
    return { dtype, fma, m, n, k, a: matrixOf(m, k, false), b: { rows, columns }, c: { rowStride: n } };
  };

  it.each([
    [4, 64, 8, 8, undefined, true],
    [1, 1, 3, 8, undefined, true],
    [3, 30, 2, 16, undefined, true],
    [32, 5, 4, 8, undefined, true],
    [33, 5, 4, 8, undefined, false],
    [4, 5, 4, 7, undefined, false],
    [4, 5, 1, 21, undefined, true],
    [11, 9, 4, 8, page, true],
    [12, 9, 4, 8, page, false],
    [12, 8, 4, 8, page, true],
  ])("windows where they are: %d filters of %d channels, %d × %d", (m, channels, high, wide, plane, readsByTable) => {
    const spec = filtered(m, channels, high, wide, plane);
    const plan = planGemm(spec);
    expect([plan.readsByTable, plan.packsB]).toEqual([readsByTable, !readsByTable]);
    checkProduct(spec, 3);
    checkProduct({ ...spec, accumulateInto: true, a: matrixOf(m, spec.k, true) }, m, ["b"]);
  });

  it("windows where they are, whatever their number", () => {
    for (let n = 1; n < 30; n++) checkProduct(filtered(4, 2, 1, n), 4, ["b"]);
    for (const wide of [12, 24, 40]) checkProduct(filtered(7, 3, 3, wide), 2, ["b"]);
  });

  it("windows where they are have the bits of a copy", () => {
    const [few, many] = [7, 33].map((m) => {
      const run = instantiateGemm(filtered(m, 40, 4, 8), "b");
      fillOperands(run, 3);
      const random = randomNumbers(5);
      run.a.forEach((_, i) => (run.a[i] = random()));
      run.b.forEach((_, i) => (run.b[i] = Math.sin(i)));
      run.multiply(0, m);
      return run.c;
    });
    expect([...few!]).toEqual([...many!.subarray(0, few!.length)]);
  });
});
