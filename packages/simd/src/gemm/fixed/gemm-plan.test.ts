import { describe, expect, it } from "vitest";
import { checkProduct, matrixOf } from "../../../test/check-product.ts";
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
  ])("a transposed A: %d x %d over %d", (m, n, k, packsA) => {
    expect(planGemm(product(m, n, k, true)).packsA).toBe(packsA);
    checkProduct(product(m, n, k, true), 50);
    checkProduct({ ...product(m, n, k, true, true), accumulateInto: true }, m, ["a"]);
  });

  it.each([
    [12, page, 49, false, true],
    [11, page, 49, false, false],
    [12, page, 48, false, false],
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
});
