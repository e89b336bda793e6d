import { FormatError, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Comparison } from "./comparison.ts";
import type { GoldenTensor, Tolerance } from "./format.ts";

const float64 = (...data: number[]): GoldenTensor => ({ shape: [data.length], dtype: "float64", data });
const got = (...data: number[]): Tensor => tensor(Float64Array.from(data));

function failuresOf(run: (check: Comparison) => void, tol?: Tolerance): readonly string[] {
  const check = new Comparison(tol);
  run(check);
  expect(check.count).toBeGreaterThan(0);
  return check.failures;
}

describe("Comparison", () => {
  it.each<readonly [title: string, run: (check: Comparison) => void, failures: readonly string[]]>([
    ["within 1e-9", (c) => c.tensor("y", got(1 + 9e-10), float64(1)), []],
    ["beyond 1e-9", (c) => c.tensor("y", got(1, 2, 5, 6), float64(1, 2, 3, 4)), ["y[2]: expected 3, got 5 and 1 more"]],
    ["within 1e-12 of 0", (c) => c.tensor("y", got(9e-13, -0), float64(0, 0)), []],
    ["NaN and infinities", (c) => c.tensor("y", got(NaN, Infinity), float64(NaN, Infinity)), []],
    ["NaN for a number", (c) => c.tensor("y", got(NaN), float64(1)), ["y[0]: expected 1, got NaN"]],
    ["a number for NaN", (c) => c.tensor("y", got(1), float64(NaN)), ["y[0]: expected NaN, got 1"]],
    ["another infinity", (c) => c.tensor("y", got(-Infinity), float64(Infinity)), ["y[0]: expected Infinity, got -Infinity"]],
    ["another shape", (c) => c.tensor("y", got(1, 2), float64(1)), ["y: expected shape [1], got [2]"]],
    ["another dtype", (c) => c.tensor("y", tensor([1]), float64(1)), ["y: expected dtype float64, got float32"]],
    ["integers", (c) => c.tensor("y", tensor([3], { dtype: "int32" }), { shape: [1], dtype: "int64", data: [4] }), ["y[0]: expected 4, got 3"]],
    ["no gradient for zeros", (c) => c.tensor("y", undefined, float64(0, -0)), []],
    ["no gradient for numbers", (c) => c.tensor("y", undefined, float64(0, 1)), ["y: expected a tensor, got none"]],
    ["zeros for no gradient", (c) => c.tensor("y", got(0), null), []],
    ["numbers for no gradient", (c) => c.tensor("y", got(1), null), ["y: expected none, got a tensor"]],
    ["a number", (c) => c.number("lr", 1.1, 1), ["lr: expected 1, got 1.1"]],
    ["a number that is missing", (c) => c.number("lr", undefined, 1), ["lr: expected 1, got none"]],
    ["a count", (c) => c.same("n", 1, 2), ["n: expected 2, got 1"]],
    ["a number out of its limits", (c) => c.within("mean", 3, 0, 1), ["mean: expected a number from 0 to 1, got 3"]],
    ["NaN out of its limits", (c) => c.within("mean", NaN, 0, 1), ["mean: expected a number from 0 to 1, got NaN"]],
    ["an error", (c) => c.throws(() => { throw new ValueError("x"); }), []],
    ["an error of the fixture", (c) => c.throws(() => { throw new FormatError("x"); }), ["expected a typed error, got FormatError: x"]],
    ["an untyped error", (c) => c.throws(() => { throw new TypeError("x"); }), ["expected a typed error, got TypeError: x"]],
    ["no error", (c) => c.throws(() => 1), ["expected an error, got a result"]],
  ])("%s", (_, run, failures) => {
    expect(failuresOf(run)).toEqual(failures);
  }); // prettier-ignore

  it("takes the tolerance of the case", () => {
    const tol = { rtol: 1e-3, atol: 0 };
    expect(failuresOf((check) => check.tensor("y", got(1.0009), float64(1)), tol)).toEqual([]);
    expect(failuresOf((check) => check.tensor("y", got(1.0011), float64(1)), tol)).toHaveLength(1);
  });

  it("scales the worst error so that the relative tolerance is its limit", () => {
    const check = new Comparison({ rtol: 1e-8, atol: 0 });
    check.tensor("y", got(1 + 5e-9, 2), float64(1, 2));
    expect(check.worst).toBeCloseTo(5e-9, 15);
  });
});
