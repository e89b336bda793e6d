import { tensor } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compareGrads } from "./index.ts";

const double = (...data: number[]): Tensor => tensor(data, { dtype: "float64" });

describe("compareGrads", () => {
  it("tells exact from approximate from different", () => {
    const table = compareGrads([
      { name: "gamma", manual: double(1, -0), auto: double(1, 0) },
      { name: "x", manual: double(1 + 1e-13, 2), auto: double(1, 2) },
      { name: "beta", manual: double(1, 2), auto: double(1, 2.5) },
    ]);
    expect(table.rows).toEqual([
      { name: "gamma", exact: true, approximate: true, maxDifference: 0 },
      { name: "x", exact: false, approximate: true, maxDifference: expect.closeTo(1e-13, 14) as number },
      { name: "beta", exact: false, approximate: false, maxDifference: 0.5 },
    ]);
    expect(table.passed).toBe(false);
    expect(String(table).split("\n")[2]).toBe("beta  | exact: false | approximate: false | max difference: 0.5");
  });

  it("is wider in float32, and takes NaN for equal to NaN only", () => {
    expect(compareGrads([{ name: "x", manual: tensor([1.000001]), auto: tensor([1]) }]).passed).toBe(true);
    expect(compareGrads([{ name: "x", manual: double(NaN), auto: double(NaN) }]).rows[0]?.exact).toBe(true);
    expect(compareGrads([{ name: "x", manual: double(NaN, 1), auto: double(1, 1) }]).rows[0]).toEqual({
      name: "x",
      exact: false,
      approximate: false,
      maxDifference: NaN,
    });
    expect(String(compareGrads([]))).toBe("");
  });

  it("refuses other shapes", () => {
    expect(() => compareGrads([{ name: "x", manual: double(1), auto: double(1, 2) }])).toThrow(
      "compareGrads: expected 'x' by hand of shape [2], got [1].",
    );
  });
});
