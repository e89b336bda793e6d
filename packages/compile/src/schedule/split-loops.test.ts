import { describe, expect, it } from "vitest";
import { commonLoops, splitMembers } from "./split-loops.ts";

describe("the loops that two nests become", () => {
  it.each([
    ["the first is finer", [16, 32, 64], [512, 64], [16, 32, 64]],
    ["the second is finer", [512, 64], [16, 32, 64], [16, 32, 64]],
    ["each ends within the other", [4, 8, 512], [4, 64, 64], [4, 8, 8, 64]],
    ["equal loops", [6, 40], [6, 40], [6, 40]],
    ["lines of as many as lanes", [32, 8, 8], [32, 64], [32, 8, 8]],
    ["short lines that both have", [12, 5], [3, 4, 5], [3, 4, 5]],
  ])("%s", (_, a, b, extents) => {
    expect(commonLoops(a, b)).toEqual(extents);
  });

  it.each([
    ["they have no common ends", [6, 64], [4, 96]],
    ["they have other counts", [6, 64], [6, 128]],
    ["one has loops behind the other's end", [6, 64], [6, 64, 2]],
    ["there are no loops", [], [6, 64]],
    ["lines would become short", [64, 48], [64, 8, 6]],
  ])("none where %s", (_, a, b) => {
    expect(commonLoops(a, b)).toBeUndefined();
  });
});

it("members over split loops move along each part of an axis, with the last next to each other", () => {
  const split = splitMembers([6, 5], { members: new Map(), reduced: [1] }, [2, 3, 5]);
  expect(split.reduced).toEqual([2]);
  const operation = { kind: "operation", name: "copy", inputs: [], attrs: {}, outputs: [] } as const;
  const base = { id: 0, shape: [6, 5], dtype: "float32", from: { kind: "argument" } } as never;
  const member = { operation, operands: [{ base, offset: 3, strides: [5, -1] }], strides: [1, 0], reduces: [0] };
  const { members } = splitMembers(
    [6, 5],
    { members: new Map([[base, member as never]]), reduced: undefined },
    [2, 3, 5],
  );
  expect([...members.values()]).toEqual([
    { operation, operands: [{ base, offset: 3, strides: [15, 5, -1] }], strides: [3, 1, 0], reduces: [0, 1] },
  ]);
});
