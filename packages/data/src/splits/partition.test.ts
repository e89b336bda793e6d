import { tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../dataset.ts";
import type { Subset } from "../subset.ts";
import { kFold } from "./k-fold.ts";
import { randomSplit } from "./random-split.ts";

const numbers = (length: number): Dataset<number> => ({ length, get: (index) => index });
const sorted = (parts: readonly Subset<number>[]): number[] =>
  parts.flatMap(({ indices }) => Array.from(indices)).toSorted((a, b) => a - b);
const upTo = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** Classes of very different sizes, in no order. */
const labels = Array.from({ length: 103 }, (_, i) => (i % 50 === 0 ? 9 : i % 7 < 5 ? 0 : i % 3));

function countsOf(part: Subset<number>, keys: ArrayLike<unknown>): Map<unknown, number> {
  const counts = new Map<unknown, number>();
  for (const index of part.indices) counts.set(keys[index], (counts.get(keys[index]) ?? 0) + 1);
  return counts;
}

describe("a stratified split", () => {
  it.each([[[0.5, 0.5]], [[0.7, 0.2, 0.1]], [[1 / 3, 1 / 3, 1 / 3]], [[100, 3]]])(
    "gives each part its share of each class to within one sample: %j",
    (fractions: readonly number[]) => {
      for (let seed = 0; seed < 20; seed++) {
        const parts = randomSplit(numbers(103), fractions, { seed, stratify: labels });
        expect(sorted(parts)).toEqual(upTo(103));
        const total = fractions.reduce((sum, each) => sum + each, 0);
        parts.forEach((part, i) => {
          const share = fractions[i]! / total;
          expect(Math.abs(part.length - share * 103)).toBeLessThan(2);
          for (const [label, size] of countsOf({ indices: Int32Array.from(upTo(103)) } as Subset<number>, labels)) {
            expect(Math.abs((countsOf(part, labels).get(label) ?? 0) - share * size)).toBeLessThan(1);
          }
        });
      }
    },
  );

  it("divides classes of many samples", () => {
    const parts = randomSplit(numbers(400_000), [0.5, 0.5], { seed: 0, stratify: new Int32Array(400_000) });
    expect(parts.map(({ length }) => length)).toEqual([200_000, 200_000]);
  });

  it("follows from the seed, and takes strings and tensors", () => {
    const of = (seed: number, keys: object): number[][] =>
      randomSplit(numbers(6), [0.5, 0.5], { seed, stratify: keys as number[] }).map(({ indices }) =>
        Array.from(indices),
      );
    const keys = [0, 1, 0, 1, 0, 1];
    expect(of(3, keys)).toEqual(of(3, keys.map(String)));
    expect(of(3, keys)).toEqual(of(3, tensor(keys, { dtype: "int32" })));
    expect(new Set(upTo(20).map((seed) => JSON.stringify(of(seed, keys)))).size).toBeGreaterThan(5);
  });
});

describe("a grouped split", () => {
  const groups = Array.from({ length: 97 }, (_, i) => `person ${Math.floor(Math.sqrt(i))}`);

  it("has no group in two parts, and no part over its share by a whole group", () => {
    for (let seed = 0; seed < 20; seed++) {
      const parts = randomSplit(numbers(97), [0.6, 0.3, 0.1], { seed, groups });
      expect(sorted(parts)).toEqual(upTo(97));
      const seen = parts.flatMap((part) => [...countsOf(part, groups).keys()]);
      expect(new Set(seen).size).toBe(seen.length);
      parts.forEach((part, i) => {
        const over = part.length - Math.ceil([0.6, 0.3, 0.1][i]! * 97);
        expect(over).toBeLessThan(Math.max(...countsOf(part, groups).values()));
      });
    }
  });
});

describe("kFold", () => {
  it.each([2, 3, 5, 10])("validates on each sample once, in %i parts of the same size", (folds) => {
    const pairs = kFold(numbers(32), folds, { seed: 1 });
    expect(pairs).toHaveLength(folds);
    expect(sorted(pairs.map(([, validation]) => validation))).toEqual(upTo(32));
    for (const [train, validation] of pairs) {
      expect(sorted([train, validation])).toEqual(upTo(32));
      expect([Math.floor(32 / folds), Math.ceil(32 / folds)]).toContain(validation.length);
    }
    const again = kFold(numbers(32), folds, { seed: 1 });
    expect(again.map(([train]) => train.indices)).toEqual(pairs.map(([train]) => train.indices));
  });

  it("keeps classes in proportion and groups together", () => {
    for (const [, validation] of kFold(numbers(103), 4, { seed: 0, stratify: labels })) {
      for (const [label, count] of countsOf(validation, labels)) {
        expect(Math.abs(count - labels.filter((each) => each === label).length / 4)).toBeLessThan(1);
      }
    }
    const groups = upTo(40).map((i) => i % 8);
    for (const [train, validation] of kFold(numbers(40), 4, { seed: 0, groups })) {
      expect(validation.length).toBe(10);
      expect([...countsOf(train, groups).keys()].filter((key) => countsOf(validation, groups).has(key))).toEqual([]);
    }
  });
});

it.each<[() => unknown, string]>([
  [
    () => randomSplit(numbers(3), [1, 2], { stratify: [0, 1] }),
    "randomSplit: expected stratify for each of 3 samples, got 2.",
  ],
  [
    () => randomSplit(numbers(3), [1, 2], { groups: [0, 0, 0] }),
    "randomSplit: expected at least 2 groups for as many parts, got 1.",
  ],
  [
    () => randomSplit(numbers(3), [1, 2], { groups: [0, 0, 1], stratify: [0, 0, 1] }),
    "randomSplit: expected either stratify or groups, got both.",
  ],
  [
    () => randomSplit(numbers(1), [1], { groups: [null] as never }),
    "randomSplit: expected groups to be a list of numbers or strings, got [null].",
  ],
  [() => kFold(numbers(3), 1), "kFold: expected folds to be a whole number ≥ 2, got 1."],
  [() => kFold(numbers(3), 4), "kFold: expected at least 4 samples for as many folds, got 3."],
])("refuses %s", (split, message) => {
  expect(split).toThrow(new ValueError(message));
});
