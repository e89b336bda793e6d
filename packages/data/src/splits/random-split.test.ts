import { arange, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { collect } from "../collect.ts";
import { randomSplit } from "./random-split.ts";
import { TensorDataset } from "../tensor-dataset.ts";

const data = new TensorDataset(arange(100));

describe("randomSplit", () => {
  it("divides without overlap", () => {
    const parts = randomSplit(data, [0.5, 0.3, 0.2], { seed: 4 });
    expect(parts.map((part) => part.length)).toEqual([50, 30, 20]);
    const all = parts.flatMap((part) => [...collect(part)[0].data]);
    expect(all.toSorted((a, b) => a - b)).toEqual([...data.tensors[0].data]);
    expect(all).not.toEqual([...data.tensors[0].data]);
  });

  it("repeats itself for a seed", () => {
    const split = (seed: number) => randomSplit(data, [0.8, 0.2], { seed }).map((part) => [...part.indices]);
    expect(split(7)).toEqual(split(7));
    expect(split(7)).not.toEqual(split(8));
  });

  it("gives left-over samples to the first parts", () => {
    const sizes = (length: number, parts: readonly number[]) =>
      randomSplit(new TensorDataset(arange(length)), parts, { seed: 0 }).map((part) => part.length);
    expect(sizes(1797, [0.8, 0.2])).toEqual([1438, 359]);
    expect(sizes(10, [1 / 3, 1 / 3, 1 / 3])).toEqual([4, 3, 3]);
    expect(sizes(100, [0.29, 0.71])).toEqual([29, 71]);
    expect(sizes(3, [1])).toEqual([3]);
  });

  it("takes counts", () => {
    const [train, test] = randomSplit(data, [99, 1], { seed: 0 });
    expect([train.length, test.length]).toEqual([99, 1]);
  });

  it.each<[readonly number[], object, string]>([
    [[], {}, "randomSplit: expected at least one part, got none."],
    [[0.8, 0.1], {}, "expected fractions that add up to 1 or counts that add up to 100, got 0.8 + 0.1."],
    [[90, 20], {}, "expected fractions that add up to 1 or counts that add up to 100, got 90 + 20."],
    [[1.5, -0.5], {}, "randomSplit: expected parts to be a list of values, each ≥ 0, got [1.5, -0.5]."],
    [[Number.NaN, 1], {}, "randomSplit: expected parts to be a list of values, each ≥ 0, got [NaN, 1]."],
    [[0.5, 0.5], { seed: 1.5 }, "randomSplit: expected seed to be a whole number ≥ 0, got 1.5."],
    [[0.5, 0.5], { sed: 1 }, 'randomSplit: expected options seed, stratify, groups, got "sed".'],
  ])("rejects %o with %o", (parts, options, message) => {
    expect(() => randomSplit(data, parts, options)).toThrow(ValueError);
    expect(() => randomSplit(data, parts, options)).toThrow(message);
  });
});
