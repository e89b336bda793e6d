import "@tapegrad/autograd";
import { functional } from "@tapegrad/nn";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

describe("a product with an epilogue", () => {
  it.each([
    [5, 7, 9],
    [32, 64, 10],
    [64, 33, 130],
    [1, 8, 6],
    [3, 40, 1],
  ])("adds a bias and activates: %d × %d × %d", (m, k, n) => {
    const generator = new Generator(m);
    const [w, b] = [randn([n, k], { generator }), randn([n], { generator })];
    const layer = (x: Tensor): Tensor => functional.linear(x, w, b).relu().mul(2).add(1);
    const compiled = compile(layer, { threads: 1 });
    for (let call = 0; call < 2; call++) {
      const x = randn([m, k], { generator });
      const expected = layer(x);
      const got = compiled(x);
      const scale = expected.abs().max().item();
      expect(got.sub(expected).abs().max().item() / scale).toBeLessThan(1e-6);
    }
  });

  it("keeps the product where it is needed otherwise", () => {
    const generator = new Generator(1);
    const [a, b] = [randn([6, 5], { generator }), randn([5, 8], { generator })];
    const both = compile((x: Tensor) => {
      const y = x.matmul(b);
      return [y, y.relu()];
    });
    const [y, z] = both(a) as [Tensor, Tensor];
    expect(y.relu().sub(z).abs().max().item()).toBe(0);
    expect(y.min().item()).toBeLessThan(0);
  });
});
