import { expect, it } from "vitest";
import { draw, drawAll } from "./draw.ts";
import { rows } from "./rows/rows.ts";

it("draws what the Python of the peers draws", () => {
  // draw({"shape": [2, 2], "low": -1, "high": 1}, 3) and draw({"shape": [4], "below": 10}, 3) of peers/pytorch.py
  expect([...draw({ shape: [2, 2], low: -1, high: 1 }, 3)]).toEqual([
    0.5194954872131348, -0.8370766043663025, -0.9187939763069153, 0.3113608658313751,
  ]);
  expect([...draw({ shape: [4], below: 10 }, 3)]).toEqual([7, 0, 0, 6]);
});

it("stays within the bounds and fills them evenly", () => {
  const values = draw({ shape: [10_000], low: 2, high: 6 }, 0);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(2);
  expect(Math.max(...values)).toBeLessThanOrEqual(6);
  expect(Array.from(values).reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(4, 1);
  const below = draw({ shape: [10_000], below: 7 }, 1);
  expect(new Set(below)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
});

it("gives every tensor of a row its own values", () => {
  const row = rows.find(({ kind }) => kind === "matmul");
  if (row === undefined) throw new Error("no such row");
  const { a, b } = drawAll(row);
  expect(a?.shape).toEqual([64, 64]);
  expect(a?.data).not.toEqual(b?.data);
});
