import { describe, expect, it } from "vitest";
import { chunkedElement, randomNumbers, referenceElement } from "../../test/reference-gemm.ts";
import type { Product } from "../../test/reference-gemm.ts";
import { gemm } from "./gemm.ts";

type FloatArrayType = typeof Float32Array | typeof Float64Array;

const types: readonly FloatArrayType[] = [Float32Array, Float64Array];
const layouts = [false, true].flatMap((transposeA) => [false, true].map((transposeB) => ({ transposeA, transposeB })));
const variants = types.flatMap((Type) =>
  [true, false].map((deterministic) => ({ name: Type.name, Type, deterministic })),
);
const tolerance = { Float32Array: 4e-7, Float64Array: 1e-15 } as const;

function filled(Type: FloatArrayType, length: number, next: () => number): Float32Array | Float64Array {
  return new Type(Array.from({ length }, next));
}

/** The worst error of a product, relative to the sum of the magnitudes of its terms. */
function worstError(Type: FloatArrayType, deterministic: boolean, product: Product, stride = 1): number {
  const { m, n, k } = product;
  const random = randomNumbers(m * 10007 + n * 101 + k);
  const a = filled(Type, m * k, random);
  const b = filled(Type, k * n, random);
  const out = new Type(m * n + 2).fill(77);
  gemm({ ...product, a, b, out, outOffset: 1, deterministic });
  let worst = out[0] === 77 && out[m * n + 1] === 77 ? 0 : Infinity;
  for (let cell = 0; cell < m * n; cell += stride) {
    const { sum, magnitude } = referenceElement(product, a, b, Math.floor(cell / n), cell % n);
    const error = Math.abs(out[cell + 1]! - sum) / magnitude;
    worst = Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }
  return worst;
}

describe.each(variants)("gemm, $name, deterministic: $deterministic", ({ name, Type, deterministic }) => {
  const limit = tolerance[name as keyof typeof tolerance];

  it.each(layouts)("all edges from 1 to 20, %o", (layout) => {
    for (let m = 1; m <= 20; m++) {
      for (let n = 1; n <= 20; n++) {
        for (const k of [1, 2, 3, 4, 5, 7, 8, 13, 20]) {
          const error = worstError(Type, deterministic, { m, n, k, ...layout });
          if (!(error <= limit)) expect.fail(`${m}×${n}×${k}: error ${error}`);
        }
      }
    }
  });

  it.each(layouts)("odd and long sizes, %o", (layout) => {
    for (const [m, n, k] of [
      [33, 65, 63],
      [17, 19, 64],
      [31, 29, 65],
      [25, 50, 255],
      [10, 12, 256],
      [13, 11, 257],
      [7, 9, 1000],
      [1, 1, 3000],
      [1, 100, 700],
      [100, 1, 513],
    ] as const) {
      const error = worstError(Type, deterministic, { m, n, k, ...layout });
      expect(error, `${m}×${n}×${k}`).toBeLessThanOrEqual(limit);
    }
  });

  it.each(layouts)("several blocks of the result, %o", (layout) => {
    expect(worstError(Type, deterministic, { m: 530, n: 517, k: 70, ...layout }, 7)).toBeLessThanOrEqual(limit);
    expect(worstError(Type, deterministic, { m: 515, n: 1030, k: 300, ...layout }, 97)).toBeLessThanOrEqual(limit);
  });

  it.each(layouts)("matrices too large to be copied whole, %o", (layout) => {
    expect(worstError(Type, deterministic, { m: 3, n: 520, k: 2100, ...layout }, 5)).toBeLessThanOrEqual(limit);
    expect(worstError(Type, deterministic, { m: 600, n: 4, k: 2000, ...layout }, 11)).toBeLessThanOrEqual(limit);
    expect(worstError(Type, deterministic, { m: 1100, n: 1100, k: 1000, ...layout }, 9973)).toBeLessThanOrEqual(limit);
  });

  it("computes a row with the same bits whatever the batch", () => {
    for (const k of [5, 64, 100, 256, 700]) {
      for (const { transposeB } of layouts) {
        const [m, n] = [61, 45];
        const random = randomNumbers(k);
        const a = filled(Type, m * k, random);
        const b = filled(Type, k * n, random);
        const all = new Type(m * n) as typeof a;
        gemm({ m, n, k, a, b, out: all, transposeB, deterministic });
        for (const row of [0, 1, 3, 5, 30, 57, 60]) {
          const alone = new Type(n) as typeof a;
          gemm({ m: 1, n, k, a, aOffset: row * k, b, out: alone, transposeB, deterministic });
          expect(alone).toEqual(all.slice(row * n, (row + 1) * n));
        }
        const column = new Type(m) as typeof a;
        const picked = new Type(Array.from({ length: k }, (_, p) => b[transposeB ? 44 * k + p : p * n + 44]!));
        gemm({ m, n: 1, k, a, b: picked as typeof a, out: column, deterministic });
        expect([...column]).toEqual(Array.from({ length: m }, (_, i) => all[i * n + 44]));
      }
    }
  });

  it("gives the same bits for all layouts and for every run", () => {
    const [m, n, k] = [37, 23, 300];
    const random = randomNumbers(1);
    const a = filled(Type, m * k, random);
    const b = filled(Type, k * n, random);
    const turned = (x: typeof a, rows: number, columns: number): typeof a =>
      new Type(Array.from({ length: rows * columns }, (_, i) => x[(i % rows) * columns + Math.floor(i / rows)]!));
    const outs = layouts.map(({ transposeA, transposeB }) => {
      const out = new Type(m * n) as typeof a;
      const operands = { a: transposeA ? turned(a, m, k) : a, b: transposeB ? turned(b, k, n) : b };
      gemm({ m, n, k, ...operands, out, transposeA, transposeB, deterministic });
      return out;
    });
    for (const out of outs) expect(out).toEqual(outs[0]);
  });

  it("keeps NaN and infinities in their rows and columns", () => {
    for (const special of [Number.NaN, Infinity, -Infinity]) {
      for (const [m, n, k] of [
        [5, 7, 3],
        [9, 17, 70],
        [13, 9, 300],
      ] as const) {
        const a = new Type(m * k).fill(0.5) as Float32Array;
        const b = new Type(k * n).fill(0.25) as Float32Array;
        const out = new Type(m * n) as Float32Array;
        a[(m - 1) * k + k - 1] = special;
        gemm({ m, n, k, a, b, out, deterministic });
        const ordinary = k * 0.125;
        for (let i = 0; i < m * n; i++) {
          expect(out[i]).toBe(Math.floor(i / n) === m - 1 ? special : ordinary);
        }
        a[(m - 1) * k + k - 1] = 0.5;
        b[(k - 1) * n] = special;
        gemm({ m, n, k, a, b, out, deterministic });
        for (let i = 0; i < m * n; i++) expect(out[i]).toBe(i % n === 0 ? special : ordinary);
        a[k - 1] = 0;
        gemm({ m, n, k, a, b, out, deterministic });
        expect(out[0]).toBeNaN();
      }
    }
  });

  it("sums a million terms", () => {
    const k = 1_000_000;
    for (const [m, n] of [
      [1, 1],
      [2, 3],
    ] as const) {
      const a = new Type(m * k).fill(0.1) as Float32Array;
      const b = new Type(k * n).fill(1) as Float32Array;
      const out = new Type(m * n) as Float32Array;
      gemm({ m, n, k, a, b, out, deterministic });
      for (const sum of out) expect(Math.abs(sum / 1e5 - 1)).toBeLessThan(name === "Float32Array" ? 1e-6 : 1e-11);
    }
  });

  it("overwrites the output with zeros where K is empty", () => {
    const out = new Type([9, 9, 9, 9]) as Float32Array;
    const none = new Type(0) as Float32Array;
    gemm({ m: 1, n: 2, k: 0, a: none, b: none, out, outOffset: 1, deterministic });
    expect([...out]).toEqual([9, 0, 0, 9]);
    gemm({ m: 0, n: 2, k: 3, a: none, b: new Type(6) as Float32Array, out, deterministic });
    expect([...out]).toEqual([9, 0, 0, 9]);
  });
});

describe("gemm, bit by bit", () => {
  it("adds in the documented order where not fused", () => {
    for (const product of [
      { m: 3, n: 5, k: 1000 },
      { m: 9, n: 17, k: 130, transposeA: true },
      { m: 6, n: 8, k: 64, transposeB: true },
      { m: 40, n: 3, k: 257, transposeA: true, transposeB: true },
    ] as const) {
      const { m, n, k } = product;
      const random = randomNumbers(k);
      const a = filled(Float32Array, m * k, random) as Float32Array;
      const b = filled(Float32Array, k * n, random) as Float32Array;
      const out = new Float32Array(m * n);
      gemm({ ...product, a, b, out, deterministic: true });
      const expected = Array.from(out, (_, cell) => chunkedElement(product, a, b, Math.floor(cell / n), cell % n));
      expect([...out]).toEqual(expected);
    }
  });
});
