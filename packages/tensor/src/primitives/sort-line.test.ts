import * as fc from "fast-check";
import { expect, it } from "vitest";
import { randn, type Tensor, tensor } from "../index.ts";
import { apply, fromData } from "../internal.ts";

/** Positions by a stable sort of the engine, with NaN above everything. */
function sorted(values: readonly number[], descending: boolean): number[] {
  const compare = (x: number, y: number): number => {
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return x < y ? -1 : Number(x > y);
  };
  const sign = descending ? -1 : 1;
  return values.map((_, k) => k).toSorted((i, j) => sign * compare(values[i]!, values[j]!));
}

it("sorts lines of few and of many elements, with ties, zeros of both signs, infinities and NaN", () => {
  const element = fc.constantFrom(0, -0, 1, -1, 2.5, -7, Infinity, -Infinity, Number.NaN);
  fc.assert(
    fc.property(fc.array(element, { maxLength: 70 }), fc.boolean(), (values, descending) => {
      const order = apply("argsort", [tensor(values, { shape: [values.length] })], { axis: 0, descending })[0];
      expect([...order.data]).toEqual(sorted(values, descending));
    }),
    { numRuns: 300 },
  );
});

it.each([0, 1, 2])("sorts along axis %d", (axis) => {
  const x = randn([3, 37, 5]).mul(2).round();
  for (const t of [x, x.to("int32"), x.gt(0), x.to("float64")]) {
    for (const descending of [false, true]) {
      const order = apply("argsort", [t], { axis, descending })[0];
      const last = [0, 1, 2].filter((a) => a !== axis).concat(axis);
      const linesOf = (one: Tensor): number[][] => one.permute(last).reshape([-1, t.shape[axis]!]).toArray(2);
      expect(linesOf(order)).toEqual(linesOf(t).map((line) => sorted(line, descending)));
    }
  }
});

it("sorts the ends of int32", () => {
  const x = fromData(Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, -(2 ** 31)), [4], "int32");
  expect([...apply("argsort", [x], { axis: 0, descending: true })[0].data]).toEqual([1, 2, 0, 3]);
  expect([...apply("argsort", [x], { axis: 0, descending: false })[0].data]).toEqual([0, 3, 2, 1]);
});
