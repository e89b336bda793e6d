import { expect, it } from "vitest";
import { type Comparison, columnsAgainst, medianRatios, passes, ratiosOf } from "./compare.ts";
import { median } from "./median.ts";
import type { Timing } from "./race.ts";
import { formatComparison } from "./report/format-comparison.ts";

const timing = (of: { median?: number; first?: number }): Timing => ({
  median: 1,
  low: 1,
  high: 1,
  rounds: 3,
  first: 1,
  values: [1],
  ...of,
});

it("finds medians", () => {
  expect(median([3, 10, 2])).toBe(3);
  expect(median([10, 2, 4, 3])).toBe(3.5);
  expect(median([])).toBeNaN();
});

it("divides the other checkout's medians by this one's", () => {
  const steps = {
    "eager-other": timing({ median: 3 }),
    "eager-this": timing({ median: 2 }),
    "compiled-other": timing({ median: 1 }),
    "compiled-this": timing({ median: 4 }),
  };
  const firsts = [
    [50, 30],
    [60, 900],
    [70, 20],
  ].map(([other, own]) => ({
    "compiled-other": timing({ first: other! }),
    "compiled-this": timing({ first: own! }),
  }));
  expect(ratiosOf(steps, firsts)).toEqual({ eager: 1.5, compiled: 0.25, first: 2 });
});

const faster: Comparison = { name: "faster", eager: 1.5, compiled: 2, first: 1.25 };
const slower: Comparison = { name: "slower", eager: 0.5, compiled: 0.96, first: 0.75 };
const failed: Comparison = { name: "failed", error: "compiled-this: expected value 1 to be 2, got 3.\nmore" };

it("fails on a median ratio below 0.97 and on rows that failed, not on one slower row", () => {
  expect(medianRatios([faster, slower, failed])).toEqual({ eager: 1, compiled: 1.48, first: 1 });
  expect(passes([faster, slower])).toBe(true);
  expect(passes([slower, faster, { ...slower, eager: 1, first: 1 }])).toBe(false);
  expect(passes([faster, failed])).toBe(false);
  expect(passes([])).toBe(false);
});

it("shows ratios, medians on the last line, sizes and reasons of gaps", () => {
  const text = formatComparison([faster, slower, failed], {
    "a, other checkout": { files: 3, bytes: 9000, gzip: 1234 },
  });
  const lines = text.split("\n").map((line) => line.replaceAll(/ +/g, " "));
  expect(lines.filter((line) => line.startsWith("| ")).slice(2)).toEqual([
    "| faster | 1.50 | 2.00 | 1.25 |",
    "| slower | 0.500 | 0.960 | 0.750 |",
    "| failed | – | – | – |",
    "| median | 1.00 | 1.48 | 1.00 |",
  ]);
  expect(lines).toContain("Size of a, other checkout: 1.2 kB gzipped (3 modules as built, not minified).");
  expect(lines.at(-1)).toBe("- failed: compiled-this: expected value 1 to be 2, got 3.");
  expect(formatComparison([failed], {})).toMatch(/median +\| +– \| +– \|/);
});

it("refuses a checkout that is not built", () => {
  expect(() => columnsAgainst("/no/such/checkout")).toThrow(
    "bench: expected a checkout that is built, got /no/such/checkout.",
  );
});
