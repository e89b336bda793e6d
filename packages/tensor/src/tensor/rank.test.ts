import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type ArrayOfRank,
  type NestedNumbers,
  ones,
  type Shape,
  ShapeError,
  tensor,
  ValueError,
  zeros,
} from "../index.ts";

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);

describe("toArray of a rank", () => {
  it("gives arrays of that depth", () => {
    const rows = x.toArray(2);
    expectTypeOf(rows).toEqualTypeOf<number[][]>();
    expect(rows.map((row) => row[0])).toEqual([1, 4]);
    expectTypeOf(tensor(7).toArray(0)).toEqualTypeOf<number>();
    expect(tensor(7).toArray(0)).toBe(7);
    expectTypeOf(ones([1, 1, 1, 1, 1, 1]).toArray(6)).toEqualTypeOf<number[][][][][][]>();
  });

  it("knows nothing where nothing is said", () => {
    expectTypeOf(x.toArray()).toEqualTypeOf<NestedNumbers>();
    const rank: number = x.ndim;
    expectTypeOf(x.toArray(rank)).toEqualTypeOf<NestedNumbers>();
    expectTypeOf<ArrayOfRank<7>>().toEqualTypeOf<NestedNumbers>();
    const either = 2 as 1 | 2;
    expectTypeOf(x.toArray(either)).toEqualTypeOf<number[] | number[][]>();
  });

  it("refuses another rank", () => {
    expect(() => x.toArray(1)).toThrow(new ShapeError("toArray: expected a tensor of 1 axis, got shape [2, 3]."));
    expect(() => x.toArray(3)).toThrow(new ShapeError("toArray: expected a tensor of 3 axes, got shape [2, 3]."));
    expect(() => x.toArray(-1)).toThrow(ValueError);
  });
});

describe("extents", () => {
  it("are numbers, from the end as well", () => {
    expectTypeOf(x.extent(-1)).toEqualTypeOf<number>();
    expect([x.extent(0), x.extent(1), x.extent(-1), x.extent(-2)]).toEqual([2, 3, 3, 2]);
    expect(() => x.extent(2)).toThrow(new ShapeError("extent: expected an axis in [-2, 1], got 2."));
    expect(() => tensor(1).extent(0)).toThrow(new ShapeError("extent: expected no axis for a 0-d tensor, got 0."));
  });

  it("are taken apart by rank", () => {
    const [rows, columns] = x.extents(2);
    expectTypeOf(rows).toEqualTypeOf<number>();
    expect(rows * columns).toBe(6);
    expect(zeros([2, 3, 4]).extents(3)).toEqual([2, 3, 4]);
    expectTypeOf(x.extents(x.ndim)).toEqualTypeOf<Shape>();
    expect(() => x.extents(3)).toThrow(new ShapeError("extents: expected a tensor of 3 axes, got shape [2, 3]."));
  });
});
