import { describe, expect, it } from "vitest";
import { slopeOf, varianceInTheory } from "./theory.ts";

/** E σ(z)² for z of variance 1, by Gauss and Hermite's rule in NumPy. */
const squareForOne = 0.29337903586;

describe("varianceInTheory", () => {
  it("is E σ(z)² at every width for exponents of ½", () => {
    expect(varianceInTheory(16, { inner: 0.5, outer: 0.5 })).toBe(varianceInTheory(1024, { inner: 0.5, outer: 0.5 }));
  });

  it("is that of constants σ(0) where the sums of the inner layer vanish", () => {
    expect(varianceInTheory(1e12, { inner: 1, outer: 0.5 })).toBeCloseTo(1 / 4, 10);
    expect(varianceInTheory(1e12, { inner: 1, outer: 1 }) * 1e12).toBeCloseTo(1 / 4, 10);
  });

  it("has E σ(z)² of a unit normal where the inner layer's variance is 1", () => {
    // N^(1 − 2γ₁) · E σ(u)² is 1 for this exponent.
    const inner = (1 + Math.log(squareForOne) / Math.log(16)) / 2;
    expect(varianceInTheory(16, { inner, outer: 0.5 })).toBeCloseTo(squareForOne, 10);
  });
});

it("finds the slope of a power", () => {
  expect(slopeOf([1, 10, 100], [5, 0.5, 0.05])).toBeCloseTo(-1, 12);
  expect(slopeOf([2, 4, 8, 16], [3, 3 * 2 ** 0.5])).toBeCloseTo(0.5, 12);
});
