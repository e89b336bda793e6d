import { Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { wasmExecutableOf } from "./wasm-executable-of.ts";

type Numbers = readonly number[];

/** Softmax over the first axis, and sums by its weights over that axis and over all columns. */
function weighted(x: Tensor, y: Tensor): Tensor[] {
  const share = x.softmax({ axis: 0 });
  return [share, share.mul(y).sum({ axis: 0 }), share.sum({ axis: 1 })];
}

/** The same, column by column in plain numbers. */
function weightedOf(x: Numbers, y: Numbers, extent: number, columns: number): number[][] {
  const share = new Array<number>(extent * columns).fill(0);
  const sums = new Array<number>(columns).fill(0);
  const totals = new Array<number>(extent).fill(0);
  for (let j = 0; j < columns; j++) {
    const column = Array.from({ length: extent }, (_, i) => x[i * columns + j]!);
    const most = Math.max(...column);
    const powers = column.map((value) => Math.exp(value - most));
    const sum = powers.reduce((a, b) => a + b, 0);
    powers.forEach((power, i) => {
      share[i * columns + j] = power / sum;
      sums[j]! += (power / sum) * y[i * columns + j]!;
      totals[i]! += power / sum;
    });
  }
  return [share, sums, totals];
}

/** As many stay in a core's own cache. */
const nearElements = 65_536;

const numbersOf = (t: Tensor): number[] => Array.from(t.data as ArrayLike<number>);

/** How many neighbours the first kernel computes at once. */
function widthOf(f: Parameters<typeof wasmExecutableOf>[0]): number | undefined {
  const kernel = wasmExecutableOf(f)!.memory.kernels.find(({ kind }) => kind === "loop");
  return kernel?.kind === "loop" ? kernel.pattern.plan.width : undefined;
}

describe.each(["float32", "float64"] as const)("few rows of %s columns", (dtype) => {
  const tolerance = dtype === "float32" ? 1e-5 : 1e-13;

  describe.each([1, 2, 3, 4, 5, 6, 7, 8, 9])("%i rows", (extent) => {
    // Whole lanes and remainders, of few columns and of so many that they leave a core's own cache.
    const many = Math.ceil(nearElements / extent / 16) * 16;
    it.each([4, 5, 7, 8, 9, 15, 16, 17, 31, 33, many + 16, many + 31])("of %i columns", (columns) => {
      const generator = new Generator(columns + extent);
      const [x, y] = [1, 2].map(() => randn([extent, columns], { generator }).mul(4).to(dtype)) as [Tensor, Tensor];
      const got = compile(weighted, { threads: 1 })(x, y);
      const want = weightedOf(numbersOf(x), numbersOf(y), extent, columns);
      got.forEach((t, k) => {
        const scale = k === 2 ? columns : 1;
        const off = numbersOf(t).reduce((most, value, i) => Math.max(most, Math.abs(value - want[k]![i]!)), 0);
        expect(off / scale).toBeLessThan(tolerance);
      });
    });
  });

  it("have the same bits whatever the number of threads", () => {
    const generator = new Generator(7);
    const [x, y] = [1, 2].map(() => randn([4, 20_011], { generator }).mul(4).to(dtype)) as [Tensor, Tensor];
    const one = compile(weighted, { threads: 1 })(x, y).map((t) => t.data);
    for (const threads of [2, 3]) expect(compile(weighted, { threads })(x, y).map((t) => t.data)).toEqual(one);
  });

  it("keep NaN and infinities in their columns", () => {
    const special = [NaN, Infinity, -Infinity, 0, -0];
    for (const columns of [21, 20_011]) {
      const value = (i: number, j: number): number => (i === j % 4 && j % 3 === 0 ? special[j % 5]! : (i + j) % 7);
      const rows = Array.from({ length: 4 }, (_, i) => Array.from({ length: columns }, (_, j) => value(i, j)));
      const ones = rows.map((row) => row.map(() => 1));
      const [share, sums] = compile(weighted)(tensor(rows, { dtype }), tensor(ones, { dtype }));
      const want = weightedOf(rows.flat(), ones.flat(), 4, columns);
      for (const [t, k] of [
        [share!, 0],
        [sums!, 1],
      ] as const) {
        const got = numbersOf(t);
        const wrong = got.filter((x, i) => (Number.isNaN(want[k]![i]) ? !Number.isNaN(x) : !(Math.abs(x - want[k]![i]!) < tolerance))); // prettier-ignore
        expect(wrong).toEqual([]);
      }
    }
  });

  it("are computed a cache line at a time where there are many", () => {
    const f = compile((x: Tensor) => x.softmax({ axis: 0 }), { threads: 1 });
    f(randn([4, 20_000]).to(dtype));
    expect(widthOf(f)).toBe(dtype === "float32" ? 16 : 8);
  });
});
