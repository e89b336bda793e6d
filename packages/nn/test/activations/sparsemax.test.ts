import { grad } from "@tapegrad/autograd";
import { Generator, randn, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functional as f } from "../../src/index.ts";

describe("sparsemax", () => {
  it("has the values of Martins and Astudillo's figures, and of ties", () => {
    expect(f.sparsemax(tensor([2, 0])).toArray()).toEqual([1, 0]);
    expect(f.sparsemax(tensor([0.25, -0.25])).toArray()).toEqual([0.75, 0.25]);
    expect(f.sparsemax(tensor([3, 3, 3, 3])).toArray()).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(f.sparsemax(tensor([-7])).toArray()).toEqual([1]);
  });

  it("is nothing but shares, near and far from 0, and does not see a constant", () => {
    const x = randn([50, 7], { dtype: "float64", generator: new Generator(2) });
    const y = f.sparsemax(x);
    expect(y.ge(0).all().item()).toBe(1);
    expect(y.sum({ axis: 1 }).sub(1).abs().max().item()).toBeLessThan(1e-15);
    expect(
      y
        .sub(f.sparsemax(x.add(1024)))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-12);
    const far = f.sparsemax(tensor([1e30, 1e30, -1e38]));
    expect(far.toArray()).toEqual([0.5, 0.5, 0]);
  });

  it("gives what is ruled out nothing, passes NaN on, and takes integers and nothing", () => {
    const x = tensor([1, -Infinity, 1.5], { requiresGrad: true });
    const y = f.sparsemax(x);
    expect(y.toArray()).toEqual([0.25, 0, 0.75]);
    expect(grad(y.mul(tensor([1, 5, 3])).sum(), [x])[0]!.toArray()).toEqual([-1, 0, 1]);
    expect(f.sparsemax(tensor([NaN, 1])).toArray()).toEqual([NaN, NaN]);
    expect(f.sparsemax(tensor([1, 0], { dtype: "int32" })).toArray()).toEqual([1, 0]);
    expect(f.sparsemax(randn([2, 0])).shape).toEqual([2, 0]);
  });

  it("has gradient 0 at the limit of its support", () => {
    const x = tensor([1, 0], { dtype: "float64", requiresGrad: true });
    const y = f.sparsemax(x);
    expect(y.toArray()).toEqual([1, 0]);
    expect(grad(y.mul(tensor([2, 7])).sum(), [x])[0]!.toArray()).toEqual([0, 0]);
  });
});
