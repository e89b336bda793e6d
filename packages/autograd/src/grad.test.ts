import { tensor } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { grad } from "./index.ts";

const leaf = (data: number | readonly number[]): Tensor => tensor(data, { dtype: "float64", requiresGrad: true });

describe("grad", () => {
  it("gives gradients by leaves and by results in between, and leaves grad alone", () => {
    const [x, w] = [leaf(3), leaf(2)];
    const h = x.mul(w);
    const y = h.square();
    const [dx, dh, dw, dy] = grad(y, [x, h, w, y]);
    expect([dx, dh, dw, dy].map((g) => g?.item())).toEqual([24, 12, 36, 1]);
    expect([x.grad, w.grad]).toEqual([undefined, undefined]);
  });

  it("takes a cotangent", () => {
    const x = leaf([1, 2]);
    const cotangent = tensor([1, 10], { dtype: "float64" });
    expect(grad(x.square(), [x], { cotangent })[0]?.toArray()).toEqual([2, 40]);
  });

  it("differentiates again and again", () => {
    const x = leaf(0.5);
    let y = x.sin();
    for (let order = 1; order <= 6; order++) {
      [y] = grad(y, [x], { createGraph: true }) as [Tensor];
      expect(y.item()).toBeCloseTo([Math.sin, Math.cos][order % 2]!(0.5) * [1, 1, -1, -1][order % 4]!, 14);
    }
  });

  it("differentiates a gradient by a cotangent that it is linear in", () => {
    const [x, u] = [leaf([1, 2]), leaf([3, 4])];
    const [g] = grad(x.square(), [x], { cotangent: u, createGraph: true });
    expect(grad(g!.sum(), [u])[0]?.toArray()).toEqual([2, 4]);
  });

  it("walks only toward what is asked for", () => {
    const [x, w] = [leaf(3), leaf(2)];
    const used = w.exp();
    const y = x.mul(2).mul(used);
    grad(y, [used]);
    // The branch of x and the exp behind `used` were not walked, so they are not freed.
    expect(used.node?.freed).toBe(false);
    expect(grad(used, [w])[0]?.item()).toBeCloseTo(Math.exp(2), 12);
  });

  it.each([
    [
      "an unused input",
      (x: Tensor, w: Tensor) => grad(x.sum(), [x, w]),
      "grad: expected every input to be used by the output, got input 1 unused. Pass { allowUnused: true } to get zeros for it.",
    ],
    [
      "an input without gradient",
      (x: Tensor) => grad(x.sum(), [tensor([1])]),
      "grad: expected inputs that require gradients, got input 0 without. Create it with requiresGrad: true or call requiresGrad_() before it is used.",
    ],
    [
      "a vector without cotangent",
      (x: Tensor) => grad(x.mul(1), [x]),
      "grad: expected a cotangent or an output of one element, got an output of shape [2].",
    ],
    [
      "a cotangent of another shape",
      (x: Tensor) => grad(x.mul(1), [x], { cotangent: tensor([1]) }),
      "grad: expected a cotangent of shape [2], got [1].",
    ],
    [
      "an unknown option",
      (x: Tensor) => grad(x.sum(), [x], { create: true } as object),
      'grad: expected options cotangent, retainGraph, createGraph, allowUnused, got "create".',
    ],
  ])("refuses %s", (_, act, message) => {
    expect(() => act(leaf([1, 2]), leaf([3, 4]))).toThrow(message);
  });

  it("gives zeros for unused inputs if allowed", () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4, 5])];
    const [, dw] = grad(x.sum(), [x, w], { allowUnused: true });
    expect(dw?.toArray()).toEqual([0, 0, 0]);
  });

  it("refuses to go back twice unless the graph is retained", () => {
    const x = leaf(2);
    const y = x.square();
    grad(y, [x], { retainGraph: true });
    grad(y, [x]);
    expect(() => grad(y, [x])).toThrow("grad: expected a graph whose saved tensors are still there");
    expect(() => grad(y.mul(2), [x])).toThrow("(at 'square')");
    expect(grad(y.mul(2), [y])[0]?.item()).toBe(2);
  });
});
