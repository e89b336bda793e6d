import { cat, Generator, randn, tensor, where } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import { primitives } from "@tapegrad/tensor/internal";
import { afterEach, describe, expect, it, vi } from "vitest";
import { grad } from "./index.ts";

afterEach(() => void vi.restoreAllMocks());

const generator = new Generator(11);
const odd = [0, -0, 1, -1, 0.5, -2.5, 1e-30, -1e30, 3e38, Infinity, -Infinity, NaN];

/** Elements around lanes and chunks, and special ones. */
function elements(size: number): Tensor {
  return size === odd.length ? tensor(odd) : randn([size], { generator });
}

const exact: Record<string, (x: Tensor, y: Tensor) => Tensor> = {
  relu: (x) => x.relu(),
  tanh: (x) => x.tanh(),
  sigmoid: (x) => x.sigmoid(),
  sqrt: (x) => x.sqrt(),
  rsqrt: (x) => x.rsqrt(),
  reciprocal: (x) => x.reciprocal(),
  square: (x) => x.square(),
  abs: (x) => x.abs(),
  log1p: (x) => x.log1p(),
  expm1: (x) => x.expm1(),
  atan: (x) => x.atan(),
  div: (x, y) => x.div(y),
  maximum: (x, y) => x.maximum(y),
  "maximum with ties": (x) => x.maximum(x.detach().requiresGrad_()),
  minimum: (x, y) => x.minimum(y),
  remainder: (x, y) => x.remainder(y),
  where: (x, y) => where(x.gt(0), x, y),
  "of one number": (x, y) => x.div(y.slice([0, 1])),
};
const near: Record<string, (x: Tensor, y: Tensor) => Tensor> = {
  erf: (x) => x.erf(),
  erfc: (x) => x.erfc(),
  pow: (x, y) => x.abs().pow(y),
};

/** Gradients of a walk that is not recorded, and of one that is, which takes one operation after another. */
function both(f: (x: Tensor, y: Tensor) => Tensor, size: number): readonly [Float32Array[], Float32Array[]] {
  const [x, y, ct] = [elements(size), elements(size), elements(size)];
  const gradients = (createGraph: boolean): Float32Array[] => {
    const inputs = [x.clone().requiresGrad_(), y.clone().requiresGrad_()] as const;
    const value = f(...inputs);
    return grad(value, inputs, { cotangent: ct.slice([0, size]), createGraph, allowUnused: true }).map(
      ({ data }) => data as Float32Array,
    );
  };
  return [gradients(false), gradients(true)];
}

describe.each([1, 3, 4, 7, odd.length, 5000])("a pullback in one pass over %i elements", (size) => {
  it.each(Object.entries(exact))("has the bits of its operations: %s", (_, f) => {
    const [fused, single] = both(f, size);
    expect(fused.map((data) => [...data])).toEqual(single.map((data) => [...data]));
  });

  it.each(Object.entries(near))("has the values of its operations: %s", (_, f) => {
    const [fused, single] = both(f, size);
    fused.forEach((data, i) => {
      data.forEach((value, k) => {
        const other = single[i]![k]!;
        if (Number.isFinite(other)) expect(Math.abs(value - other)).toBeLessThanOrEqual(1e-6 * Math.abs(other) + 1e-37);
        else expect(value).toBe(other);
      });
    });
  });
});

describe("a pullback", () => {
  it("computes with no operation but its own", () => {
    const x = randn([8], { generator }).requiresGrad_();
    const y = x.tanh();
    y.sum({ keepDims: true }).backward();
    x.grad = undefined;
    const value = cat([x.tanh()]);
    const calls = (["square", "neg", "add", "mul"] as const).map((name) => vi.spyOn(primitives[name], "evaluate"));
    value.backward(tensor([1, 2, 3, 4, 5, 6, 7, 8]));
    expect(calls.map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0, 0]);
  });

  it("is one after another in float64, over other shapes and while it is recorded", () => {
    const run = (x: Tensor, other: Tensor, createGraph: boolean): number => {
      const calls = vi.spyOn(primitives.neg, "evaluate");
      grad(x.div(other).sum(), [x, other], { createGraph });
      vi.restoreAllMocks();
      return calls.mock.calls.length;
    };
    const leaf = (shape: number[], dtype: "float32" | "float64"): Tensor =>
      randn(shape, { dtype, generator }).requiresGrad_();
    expect(run(leaf([4], "float64"), leaf([4], "float64"), false)).toBe(1);
    expect(run(leaf([2, 4], "float32"), leaf([4], "float32"), false)).toBe(1);
    expect(run(leaf([4], "float32"), leaf([4], "float32"), true)).toBe(1);
    expect(run(leaf([4], "float32"), leaf([4], "float32"), false)).toBe(0);
  });
});
