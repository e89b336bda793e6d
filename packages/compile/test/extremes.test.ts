import { type Tensor, tensor } from "@tapegrad/tensor";
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
function extremes(x: Tensor): Tensor[] {
  return [x, x.neg()].flatMap((y) => [y.max({ axis: 1 }), y.min({ axis: 1 })]);
}

describe("extremes of rows", () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 77])(
    "are those of numbers, of %i elements",
    (extent) => {
      const rows = rowsOf(extent);
      const want = [
        rows.map((row) => Math.max(...row)),
        rows.map((row) => Math.min(...row)),
        rows.map((row) => Math.max(...row.map((x) => -x))),
        rows.map((row) => Math.min(...row.map((x) => -x))),
      ];
      for (const dtype of ["float32", "float64"] as const) {
        const got = compile(extremes)(tensor(rows, { dtype })).map((x) => Array.from(x.data as ArrayLike<number>));
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
