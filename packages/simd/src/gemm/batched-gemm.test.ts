import { describe, expect, it } from "vitest";
import { randomNumbers, referenceElement } from "../../test/reference-gemm.ts";
import { gemm, gemmBatch } from "./gemm.ts";

const layouts = [false, true].flatMap((transposeA) => [false, true].map((transposeB) => ({ transposeA, transposeB })));
const variants = [Float32Array, Float64Array].map((Type) => ({ name: Type.name, Type }));

type Starts = (i: number, area: number) => number;

/** Where the matrices of a batch begin. */
const patterns: readonly { readonly name: string; readonly a: Starts; readonly b: Starts }[] = [
  { name: "one after another", a: (i, area) => i * area, b: (i, area) => i * area },
  { name: "one A", a: () => 3, b: (i, area) => i * area },
  { name: "one B, rows under rows", a: (i, area) => 2 + i * area, b: () => 1 },
  { name: "one B, apart", a: (i, area) => i * (area + 1), b: () => 0 },
  { name: "backwards", a: (i, area) => (9 - i) * area, b: (i, area) => (9 - i) * area + 1 },
  { name: "in turns", a: (i, area) => (i % 2) * area, b: (i, area) => Math.floor(i / 2) * area },
  { name: "overlapping", a: (i) => i, b: (i) => 2 * i },
  { name: "all one", a: () => 0, b: () => 0 },
];

describe.each(variants)("gemmBatch, $name", ({ Type }) => {
  /** Holds a batch against products one at a time, bit by bit, and some elements against float64. */
  function check(m: number, n: number, k: number, count: number, starts: readonly [Starts, Starts]): void {
    const random = randomNumbers(m * 31 + n * 7 + k);
    const numbers = Array.from({ length: count }, (_, i) => i);
    const aOffsets = numbers.map((i) => starts[0](i, m * k));
    const bOffsets = numbers.map((i) => starts[1](i, k * n));
    const filled = (length: number): Float32Array => new Type(Array.from({ length }, random)) as Float32Array;
    const a = filled(Math.max(...aOffsets) + m * k);
    const b = filled(Math.max(...bOffsets) + k * n);
    for (const layout of layouts) {
      const out = new Type(count * m * n + 2).fill(77) as Float32Array;
      const expected = out.slice();
      gemmBatch({ m, n, k, a, b, out, outOffset: 1, aOffsets, bOffsets, ...layout });
      numbers.forEach((i) => {
        const offsets = { aOffset: aOffsets[i]!, bOffset: bOffsets[i]!, outOffset: 1 + i * m * n };
        gemm({ m, n, k, a, b, out: expected, ...offsets, ...layout });
      });
      expect(out.findIndex((element, i) => !Object.is(element, expected[i]))).toBe(-1);
      const last = count - 1;
      const product = { m, n, k, ...layout };
      const [ofA, ofB] = [a.subarray(aOffsets[last]), b.subarray(bOffsets[last])];
      const { sum, magnitude } = referenceElement(product, ofA, ofB, m - 1, n - 1);
      expect(Math.abs(out.at(-2)! - sum) / magnitude).toBeLessThan(Type === Float32Array ? 4e-7 : 1e-15);
    }
  }

  it.each(patterns)("has the bits of single products: $name", ({ a, b }) => {
    for (const [m, n, k] of [
      [1, 1, 1],
      [5, 7, 3],
      [8, 8, 8],
      [13, 3, 70],
      [3, 17, 256],
      [9, 11, 257],
      [6, 10, 700],
    ] as const) {
      check(m, n, k, 10, [a, b]);
    }
  });

  it("copies results out in groups, and operands that are long one at a time", () => {
    check(90, 100, 3, 40, [() => 0, (i, area) => i * area]);
    check(100, 90, 5, 40, [(i, area) => i * area, () => 0]);
    check(3, 2, 3000, 130, [(i) => i * 5000, (i) => i * 4500]);
  });

  it("takes matrices of several blocks, one by one", () => {
    check(515, 3, 5, 2, [(i, area) => i * area + i, () => 0]);
    check(3, 515, 260, 3, [() => 0, (i, area) => i * area]);
    check(2, 3, 350_000, 2, [(i, area) => i * area, (i, area) => i * area]);
  });
});

describe("gemmBatch", () => {
  const batch = { m: 1, n: 1, k: 2, a: Float32Array.of(1, 2), b: Float32Array.of(3, 4, 5, 6) };

  it("keeps NaN and infinities in their matrices", () => {
    const a = new Float32Array(3 * 64).fill(1);
    a[70] = Number.NaN;
    a[130] = Infinity;
    const out = new Float32Array(3 * 64);
    const [aOffsets, bOffsets] = [
      [0, 64, 128],
      [0, 0, 0],
    ];
    const options = { m: 8, n: 8, k: 8, a, b: new Float32Array(64).fill(1), out, aOffsets, bOffsets };
    for (const transposeA of [false, true]) {
      gemmBatch({ ...options, transposeA });
      const special = out.map((value) => (value === 8 ? 0 : 1));
      expect(special.subarray(0, 64)).toEqual(new Float32Array(64));
      expect([...special.subarray(64)].reduce((sum, value) => sum + value, 0)).toBe(16);
    }
  });

  it("does nothing for no matrices, and gives zeros where K is empty", () => {
    const out = Float32Array.of(7, 7);
    gemmBatch({ ...batch, out, aOffsets: [], bOffsets: [] });
    expect([...out]).toEqual([7, 7]);
    gemmBatch({ ...batch, k: 0, out, aOffsets: [0, 0], bOffsets: [0, 0] });
    expect([...out]).toEqual([0, 0]);
  });

  it.each([
    [{ aOffsets: [0, 0], bOffsets: [0] }, "gemm: expected as many offsets of b as of a, got 1 and 2."],
    [{ aOffsets: [0, 1], bOffsets: [0, 0] }, "gemm: expected a to hold 2 elements from 1 on, got 2 in all."],
    [{ aOffsets: [0, 0], bOffsets: [0, 3] }, "gemm: expected b to hold 2 elements from 3 on, got 4 in all."],
    [{ aOffsets: [0, -1], bOffsets: [0, 2] }, "gemm: expected aOffset to be a non-negative integer, got -1."],
    [{ aOffsets: [0, 0, 0], bOffsets: [0, 2, 0] }, "gemm: expected out to hold 3 elements from 0 on, got 2 in all."],
  ])("refuses case %#", (offsets, message) => {
    const out = Float32Array.of(7, 7);
    expect(() => gemmBatch({ ...batch, out, ...offsets })).toThrow(message);
    expect([...out]).toEqual([7, 7]);
  });

  it("refuses results over one of its operands", () => {
    const buffer = new Float32Array(12);
    const options = { ...batch, a: buffer, b: buffer, out: buffer, outOffset: 4, aOffsets: [0, 2], bOffsets: [6, 8] };
    gemmBatch(options);
    expect(() => gemmBatch({ ...options, bOffsets: [6, 5] })).toThrow("expected out not to overlap b");
    expect(() => gemmBatch({ ...options, aOffsets: [4, 0] })).toThrow("expected out not to overlap a");
  });
});
