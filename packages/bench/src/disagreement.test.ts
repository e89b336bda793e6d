import { expect, it } from "vitest";
import { digest } from "./digest.ts";
import { disagreement } from "./disagreement.ts";

it("accepts relative errors up to 1e-4 and nothing else", () => {
  expect(disagreement([2.0001, 3], [2, 3])).toBeUndefined();
  expect(disagreement([2, 3.001], [2, 3])).toBe("expected value 2 to be 3, got 3.001.");
  expect(disagreement([Number.NaN], [2])).toBe("expected value 1 to be 2, got NaN.");
  expect(disagreement([2], [2, 3])).toBe("expected 2 values, got 1.");
});

it("digests signs and order", () => {
  expect(digest([1, -2, 3])).not.toBe(digest([1, 2, 3]));
  expect(digest([1, -2, 3])).not.toBe(digest([3, -2, 1]));
});
