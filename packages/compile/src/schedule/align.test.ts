import { expect, it } from "vitest";
import type { Value } from "../graph/graph.ts";
import { along, loopExtents, loopsOf } from "./align.ts";
import type { View } from "./view.ts";

const base: Value = { id: 0, shape: [64], dtype: "float32", from: { kind: "argument", index: 0 }, index: 0 };
const view = (shape: readonly number[], strides: readonly number[]): View => ({ base, shape, offset: 0, strides });

it.each([
  ["what moves along every loop", [3, 4], [4, 1], [3, 4], [0, 1], [4, 1]],
  ["what is the same along one", [3, 4], [0, 1], [3, 4], [0, 1], [0, 1]],
  ["what has one element along one, whatever its stride", [3, 1], [1, 1], [3, 4], [0, 1], [1, 0]],
  ["what has fewer axes", [4], [1], [3, 4], [0, 1], [0, 1]],
  ["loops in another order", [3, 4], [4, 1], [3, 4], [1, 0], [1, 4]],
  ["a domain with axes of one element", [3, 1, 4], [4, 4, 1], [3, 1, 4], [0, -1, 1], [4, 1]],
  ["two axes on one loop", [3, 3], [3, 1], [3, 3], [0, 0], undefined],
])("the strides along loops of %s", (_, shape, strides, domain, axes, want) => {
  expect(along(view(shape, strides), domain, axes, 2)).toEqual(want);
});

it("loops are the axes of more than one element, in order", () => {
  expect([loopExtents([2, 1, 3]), loopsOf([2, 1, 3])]).toEqual([
    [2, 3],
    [0, -1, 1],
  ]);
  expect([loopExtents([2, 3]), loopsOf([2, 3])]).toEqual([
    [2, 3],
    [0, 1],
  ]);
});
