import { full, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

const special = [NaN, Infinity, -Infinity, 0, -0, 1.5, -1.5, 1e-45, -1e-45, 3.4e38, -3.4e38];

/** Rows of so many elements: one of each special number amid others, at each place in turn, and rows of one number. */
function rowsOf(extent: number): number[][] {
  const base = Array.from({ length: extent }, (_, i) => Math.fround(Math.sin(7 * i + extent)));
  const fills = [(i: number) => base[i]!, (i: number) => -Math.abs(base[i]!), (i: number) => Math.abs(base[i]!)];
  const constant = special.map((value) => (): number => value);
  const places = [...new Set([0, extent >> 1, extent - 1])];
  return [...fills, ...constant].flatMap((fill) =>
    special.flatMap((value) =>
      places.map((place) => Array.from({ length: extent }, (_, i) => Math.fround(i === place ? value : fill(i)))),
    ),
  );
}

/** Of x and of −x: the sign of NaN is not seen, but it is kept, and of one of them NaN is below all numbers as an integer. */
function extremes(x: Tensor, axis: number): Tensor[] {
  return [x, x.neg()].flatMap((y) => [y.max({ axis }), y.min({ axis })]);
}

/** The same of rows of numbers. */
function extremesOf(rows: readonly number[][]): number[][] {
  return [
    rows.map((row) => Math.max(...row)),
    rows.map((row) => Math.min(...row)),
    rows.map((row) => Math.max(...row.map((x) => -x))),
    rows.map((row) => Math.min(...row.map((x) => -x))),
  ];
}

describe("extremes of rows", () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 77])(
    "are those of numbers, of %i elements",
    (extent) => {
      const rows = rowsOf(extent);
      const want = extremesOf(rows);
      for (const dtype of ["float32", "float64"] as const) {
        const got = compile(extremes)(tensor(rows, { dtype }), 1).map((x) => Array.from(x.data as ArrayLike<number>));
        expect(got).toEqual(want);
      }
    },
  );

  it("keep NaN that operations make", () => {
    const f = compile((x: Tensor) => [x.sub(x).max({ axis: 1 }), x.div(x).min({ axis: 1 })]);
    const row = (value: number): number[] => Array.from({ length: 21 }, (_, i) => (i === 9 ? value : i + 1));
    const [differences, quotients] = f(tensor([row(Infinity), row(-Infinity), row(2)]));
    expect([...differences!.data]).toEqual([NaN, NaN, 0]);
    expect([...quotients!.data]).toEqual([NaN, NaN, 1]);
  });

  it("of all elements are those of numbers", () => {
    const f = compile((x: Tensor) => [x.max(), x.min()]);
    const numbers = Array.from({ length: 5000 }, (_, i) => Math.fround(Math.sin(i) * 100));
    for (const value of [0, NaN, Infinity, -Infinity]) {
      numbers[4321] = value;
      expect(f(tensor(numbers)).map((x) => x.item())).toEqual([Math.max(...numbers), Math.min(...numbers)]);
    }
  });
});

describe("extremes of columns", () => {
  // A few columns are computed half a cache line at a time, many by lines; of neither number are all whole lanes.
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 17].flatMap((extent) => [[extent, 1] as const, [extent, 40] as const]))(
    "are those of numbers, of %i elements, %i times",
    (extent, times) => {
      const columns = rowsOf(extent);
      const want = extremesOf(columns).map((one) => Array.from({ length: times }, () => one).flat());
      const rows = Array.from({ length: extent }, (_, i) =>
        Array.from({ length: times }, () => columns.map((column) => column[i]!)).flat(),
      );
      for (const dtype of ["float32", "float64"] as const) {
        const got = compile(extremes)(tensor(rows, { dtype }), 0).map((x) => Array.from(x.data as ArrayLike<number>));
        expect(got).toEqual(want);
      }
    },
  );

  it("keep NaN of either sign", () => {
    const f = compile((x: Tensor) => [x.sub(x).max({ axis: 0 }), x.div(x).neg().min({ axis: 0 })]);
    for (const dtype of ["float32", "float64"] as const) {
      const x = [1, 2, 3].map((i) => Array.from({ length: 21 }, (_, j) => (i === 2 && j % 2 === 0 ? Infinity : i)));
      const [differences, quotients] = f(tensor(x, { dtype })).map((t) => Array.from(t.data as ArrayLike<number>));
      expect(differences).toEqual(Array.from({ length: 21 }, (_, j) => (j % 2 === 0 ? NaN : 0)));
      expect(quotients).toEqual(Array.from({ length: 21 }, (_, j) => (j % 2 === 0 ? NaN : -1)));
    }
  });

  it("are -Infinity and Infinity of nothing but these", () => {
    const f = compile((x: Tensor) => [x.max({ axis: 0 }), x.min({ axis: 0 })]);
    for (const dtype of ["float32", "float64"] as const) {
      for (const value of [-Infinity, Infinity]) {
        const got = f(full([3, 19], value, { dtype })).map((t) => Array.from(t.data as ArrayLike<number>));
        expect(got).toEqual([0, 1].map(() => Array.from({ length: 19 }, () => value)));
      }
    }
  });
});
