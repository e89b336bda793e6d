import { expect, it } from "vitest";
import { interleavedMedians } from "./timing.ts";

/** Takes so many milliseconds of the processor. */
function work(milliseconds: number): void {
  const start = process.cpuUsage();
  const spent = (): number => process.cpuUsage(start).user + process.cpuUsage(start).system;
  while (spent() < 1000 * milliseconds);
}

it("gives the time of a call, in the order of the functions", () => {
  const medians = interleavedMedians({ slow: () => work(5), fast: () => work(0.1) }, { sample: 1, rounds: 5 });
  expect(Object.keys(medians)).toEqual(["slow", "fast"]);
  expect(medians.slow).toBeGreaterThanOrEqual(5);
  expect(medians.fast).toBeGreaterThanOrEqual(0.1);
  expect(medians.fast).toBeLessThan(medians.slow);
});

it("lets functions run in turn, and another one begin each round", () => {
  const called: string[] = [];
  const functions = { a: () => called.push("a"), b: () => called.push("b"), c: () => called.push("c") };
  // A sample that takes no time is one call.
  interleavedMedians(functions, { sample: 0, rounds: 3 });
  expect(called.slice(-9).join("")).toBe("abcbcacab");
});
