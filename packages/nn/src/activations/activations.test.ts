import { grad, gradcheck } from "@tapegrad/autograd";
import { type DType, Generator, randn, tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { activationRows } from "../../test/activations/activation-rows.ts";

const { abs } = Math;

// Between the kinks at −3, −1, −0.5, 0, 0.5, 1, 2, 3 and 6.
const smooth = [-3.7, -2.2, -1.4, -0.7, -0.15, 0.2, 0.7, 1.4, 2.4, 3.6, 5.2, 6.5];

function gradientAt(fn: (x: Tensor) => Tensor, value: number, dtype: DType): [Tensor, Tensor | undefined] {
  const x = tensor([value], { dtype, requiresGrad: true });
  const [first] = grad(fn(x), [x], { createGraph: true }) as [Tensor];
  return [first, first.requiresGrad ? grad(first, [x], { allowUnused: true })[0] : undefined];
}

describe.each(activationRows)("$name", ({ f: fn, layer, naive, ends, tails = [], slopes }) => {
  it("agrees with its definition", () => {
    const x = randn([200], { generator: new Generator(1), dtype: "float64" })
      .mul(1.3)
      .clamp(-4, 4);
    fn(x).data.forEach((y, i) => {
      const want = naive(x.data[i]!);
      expect(abs(y - want)).toBeLessThanOrEqual(1e-13 + 1e-11 * abs(want));
    });
    const single = fn(x.to("float32"));
    expect(single.dtype).toBe("float32");
    single.data.forEach((y, i) => expect(abs(y - naive(Math.fround(x.data[i]!)))).toBeLessThan(1e-6));
  });

  it("is its layer", () => {
    const x = randn([4, 6], { generator: new Generator(2), dtype: "float64" }).mul(3);
    expect(layer.forward(x).toArray()).toEqual(fn(x).toArray());
  });

  it("is exact in the tails", () => {
    for (const [x, y] of tails) {
      const got = fn(tensor([x], { dtype: "float64" })).item();
      expect(abs(got - y), `f(${x}) = ${got}`).toBeLessThanOrEqual(1e-13 * abs(y));
    }
  });

  it("treats zeros, infinities and NaN as defined", () => {
    const [zero, minusZero, low, high, nan] = fn(tensor([0, -0, -Infinity, Infinity, NaN], { dtype: "float64" })).data;
    expect(zero).toBeCloseTo(naive(0), 14);
    expect(minusZero).toBe(zero === 0 ? minusZero : zero);
    expect(abs(minusZero as number)).toBe(abs(zero as number));
    expect([low, high].map((y) => (y === 0 ? 0 : y))).toEqual(ends);
    expect(nan).toBeNaN();
  });

  it("has the right slope at kinks and extremes", () => {
    for (const [x, dy] of slopes) {
      const [first] = gradientAt(fn, x, "float64");
      expect(abs(first.item() - dy), `slope at ${x}: ${first.item()}`).toBeLessThanOrEqual(1e-13);
    }
  });

  it.each(["float32", "float64"] as const)("has two finite derivatives everywhere, %s", (dtype) => {
    for (const x of [0, -0, 1e-30, -1e-30, 20, -20, 89, -89, 104, -104, 1e4, -1e4, 1e20, -1e20, 1e37, -1e37]) {
      const [first, second] = gradientAt(fn, x, dtype);
      expect(first.item(), `first at ${x}`).toSatisfy(Number.isFinite);
      expect(second?.item() ?? 0, `second at ${x}`).toSatisfy(Number.isFinite);
    }
  });

  it("passes the gradient check twice", () => {
    const report = gradcheck(fn, [tensor(smooth, { dtype: "float64", shape: [3, 4] })], { order: 2 });
    expect(report.checks).toBeGreaterThanOrEqual(smooth.length * 2);
  });

  it.each([[[]], [[0]], [[3, 0]], [[1]], [[2, 1, 3, 1]]])("keeps shape %j", (shape) => {
    const x = randn(shape, { requiresGrad: true });
    const y = fn(x);
    expect(y.shape).toEqual(shape);
    expect(grad(y.sum(), [x])[0]?.shape).toEqual(shape);
  });
});
