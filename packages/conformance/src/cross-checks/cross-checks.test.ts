import { tensor } from "@tapegrad/tensor";
import { integer } from "fast-check";
import { describe, expect, it } from "vitest";
import { crossCheck } from "./cross-check.ts";
import { crossCheckRows, crossChecks } from "./cross-checks.ts";
import { asExpected } from "./naive.ts";

describe("cross-checks", () => {
  it.each(crossChecks.map((check) => [check.name, check] as const))("%s", (_name, check) => {
    expect(check.run()).toBeLessThan(1);
  });

  it("have a name each", () => {
    expect(new Set(crossChecks.map(({ name }) => name)).size).toBe(crossChecks.length);
  });

  const wrong = crossCheck("x² against 2x", integer({ min: 0, max: 100 }), (n, check) => {
    const x = tensor(new Float64Array([n]));
    check.tensor("x²", x.square(), asExpected(x.mul(2)));
  });

  it("print the seed and the smallest inputs that disagree", () => {
    expect(() => wrong.run()).toThrow(/seed: -?\d+[^]*Counterexample: \[[13]\]/);
    expect(crossCheckRows([wrong])).toMatchObject([
      { family: "cross-checks", case: "x² against 2x", status: "failed" },
    ]);
  });

  it("give the same rows for the same seed", () => {
    const some = crossChecks.filter((_, i) => i % 9 === 0);
    expect(crossCheckRows(some, 5)).toEqual(crossCheckRows(some, 5));
  });
});
