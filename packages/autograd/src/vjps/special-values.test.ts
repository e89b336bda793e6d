import { cat, tensor, where } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { grad } from "../grad.ts";
import { gradcheck } from "../gradcheck.ts";
import "../install.ts";

type Function1 = (x: Tensor) => Tensor;

const double = (data: readonly number[]): Tensor => tensor(data, { dtype: "float64", requiresGrad: true });

/** Gradient of the sum of `f` by `x`, through a cotangent of ones (`f` is elementwise here). */
function derivative(f: Function1, x: Tensor): number[] {
  return Array.from(grad(f(x).sum(), [x])[0]!.data);
}

const kinks: readonly (readonly [string, Function1, readonly number[], readonly number[]])[] = [
  ["relu", (x) => x.relu(), [0, -0, 1, -1, Infinity, -Infinity, NaN], [0, 0, 1, 0, 1, 0, 1]],
  ["abs", (x) => x.abs(), [0, -0, 2, -2, Infinity, -Infinity], [0, 0, 1, -1, 1, -1]],
  ["sign", (x) => x.sign(), [0, 2, -2], [0, 0, 0]],
  ["floor", (x) => x.floor(), [0, 1, 1.5], [0, 0, 0]],
  ["ceil", (x) => x.ceil(), [0, 1, 1.5], [0, 0, 0]],
  ["round", (x) => x.round(), [0.5, 1, 1.2], [0, 0, 0]],
  ["sqrt", (x) => x.sqrt(), [0, 4, Infinity], [Infinity, 0.25, 0]],
  ["rsqrt", (x) => x.rsqrt(), [0, 1, Infinity], [-Infinity, -0.5, 0]],
  ["log", (x) => x.log(), [0, 2, Infinity], [Infinity, 0.5, 0]],
  ["log1p", (x) => x.log1p(), [-1, 0, 1e300], [Infinity, 1, 1e-300]],
  ["exp", (x) => x.exp(), [-Infinity, 0, -1e4, 1e4], [0, 1, 0, Infinity]],
  ["expm1", (x) => x.expm1(), [-Infinity, 0, -1e4], [0, 1, 0]],
  ["tanh", (x) => x.tanh(), [0, 1e4, -1e4, Infinity, -Infinity], [1, 0, 0, 0, 0]],
  ["sigmoid", (x) => x.sigmoid(), [0, 1e4, -1e4, Infinity, -Infinity], [0.25, 0, 0, 0, 0]],
  ["erf", (x) => x.erf(), [0, 1e4, -Infinity], [2 / Math.sqrt(Math.PI), 0, 0]],
  ["erfc", (x) => x.erfc(), [0, 1e4, -Infinity], [-2 / Math.sqrt(Math.PI), 0, 0]],
  ["reciprocal", (x) => x.reciprocal(), [0, 2, Infinity], [-Infinity, -0.25, 0]],
  ["square", (x) => x.square(), [0, -3, 1e200], [0, -6, 2e200]],
  ["clamp, whole at its bounds", (x) => x.clamp(-1, 1), [-2, -1, 0, 1, 2], [0, 1, 1, 1, 0]],
  ["x^0", (x) => x.pow(0), [0, 2, -2, NaN, Infinity], [0, 0, 0, 0, 0]],
  ["x^1", (x) => x.pow(1), [0, 2, -2], [1, 1, 1]],
  ["x^2", (x) => x.pow(2), [0, 3, -3], [0, 6, -6]],
  ["x^3 of a negative base", (x) => x.pow(3), [0, -2], [0, 12]],
  ["x^0.5", (x) => x.pow(0.5), [0, 4], [Infinity, 0.25]],
  ["x^-1", (x) => x.pow(-1), [2, Infinity], [-0.25, 0]],
  ["0^p", (p) => tensor(0, { dtype: "float64" }).pow(p), [0, 1, 2, 0.5], [0, 0, 0, 0]],
  ["2^p", (p) => tensor(2, { dtype: "float64" }).pow(p), [0, 1], [Math.LN2, 2 * Math.LN2]],
  ["a masked log, by where inside and outside", (x) => where(x.gt(0), where(x.gt(0), x, 1).log(), 0), [0, 2], [0, 0.5]],
];

describe("derivatives at kinks, poles and infinities", () => {
  it.each(kinks)("%s", (_, f, at, expected) => {
    const actual = derivative(f, double(at));
    actual.forEach((value, i) => expect(value, `at ${at[i]}`).toBeCloseTo(expected[i]!, 12));
  });

  it("shows why where needs a mask inside too: 0 · ∞ is NaN", () => {
    expect(derivative((x) => where(x.gt(0), x.log(), 0), double([0, 2]))).toEqual([NaN, 0.5]);
  });

  it.each([
    ["maximum", (a: Tensor, b: Tensor) => a.maximum(b), [0.5, 1, 0], [0.5, 0, 1]],
    ["minimum", (a: Tensor, b: Tensor) => a.minimum(b), [0.5, 0, 1], [0.5, 1, 0]],
  ] as const)("%s halves the gradient between equal operands", (_, f, byA, byB) => {
    const [a, b] = [double([1, 3, 1]), double([1, 2, 2])];
    const [da, db] = grad(f(a, b).sum(), [a, b]);
    expect([da!.toArray(), db!.toArray()]).toEqual([byA, byB]);
  });

  it("max and min share the gradient among all that are extreme", () => {
    expect(derivative((x) => x.max(), double([3, 1, 3, 3]))).toEqual([1 / 3, 0, 1 / 3, 1 / 3]);
    expect(derivative((x) => x.min(), double([1, 1, 2]))).toEqual([0.5, 0.5, 0]);
  });

  it.each([
    [
      [2, 0],
      [0, 2],
    ],
    [
      [2, 0, 0],
      [0, 0, 0],
    ],
    [
      [2, 0, 5],
      [0, 10, 0],
    ],
    [
      [3, 4],
      [4, 3],
    ],
  ])("prod of %j has the gradient %j", (at, expected) => {
    expect(derivative((x) => x.prod(), double(at))).toEqual(expected);
  });

  it("the second derivatives of prod are exact with zeros too", () => {
    for (const at of [
      [0, 0, 3],
      [0, 2, 3],
      [1, 2, 3],
      [0, 0, 0, 1],
    ]) {
      expect(gradcheck((x) => x.prod(), [double(at)], { order: 2 }).passed).toBe(true);
    }
  });

  it("pow has second derivatives at x = 0 and p = 0", () => {
    expect(gradcheck((x) => x.pow(3), [double([0, 1, -2])], { order: 2 }).passed).toBe(true);
    const [x, p] = [double([0.5, 2]), double([0, 0])];
    expect(gradcheck((a, b) => a.pow(b), [x, p], { order: 2 }).passed).toBe(true);
    const zero = double([0]);
    const [first] = grad(zero.pow(2).sum(), [zero], { createGraph: true });
    expect(grad(first!, [zero])[0]!.toArray()).toEqual([2]);
  });

  it("standardize leaves a constant row at zero, and its gradient finite", () => {
    const x = tensor([[5, 5, 5]], { dtype: "float64", requiresGrad: true });
    const mean = x.mean({ axis: 1, keepDims: true });
    const dx = grad(
      x
        .sub(mean)
        .mul(tensor([[1, 2, 4]], { dtype: "float64" }))
        .sum(),
      [x],
    )[0]!;
    expect(dx.toArray()).toEqual([[1 - 7 / 3, 2 - 7 / 3, 4 - 7 / 3].map((v) => expect.closeTo(v, 12) as number)]);
  });

  it("cast carries a gradient back in the dtype of its input", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const wide = x.to("float64").mul(tensor([0.1, 0.2], { dtype: "float64" }));
    const [dx] = grad(wide.sum(), [x]);
    expect(dx!.dtype).toBe("float32");
    expect(dx!.toArray()).toEqual([Math.fround(0.1), Math.fround(0.2)]);
  });

  it("one tensor in several places gets the sum of its gradients", () => {
    const x = double([2]);
    expect(derivative((t) => cat([t, t.mul(t)]).mul(t.exp()), x)[0]).toBeCloseTo(Math.exp(2) * (2 + 1 + 4 + 4), 10);
  });
});
