import { assign, Generator, GradError, manualSeed, rand, randn, tensor, zeros } from "@tapegrad/tensor";
import { Cell } from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { checkpoint, grad, gradcheck, noGrad } from "./index.ts";

const generator = new Generator(11);
const random = (...shape: number[]): Tensor => randn(shape, { dtype: "float64", generator });
const grads = (tensors: readonly Tensor[]): unknown[] => tensors.map(({ grad: g }) => g?.toArray());

describe("checkpoint", () => {
  it("gives the same values and gradients, also by what the function closes over", () => {
    const run = (wrap: boolean): unknown[] => {
      const g = new Generator(1);
      const [x, w, v] = [[2, 3], [3, 3], [3]].map((shape) => randn(shape, { generator: g }).requiresGrad_());
      const before = x!.mul(2);
      const block = (h: Tensor): Tensor => h.matmul(w!).tanh().mul(v!).add(before);
      const y = wrap ? checkpoint(block, before) : block(before);
      y.square().sum().backward();
      return [y.toArray(), ...grads([x!, w!, v!])];
    };
    expect(run(true)).toEqual(run(false));
  });

  it("counts a captured result and what is behind it once", () => {
    const [x, w] = [random(3).requiresGrad_(), random(3).requiresGrad_()];
    const h = x.mul(w);
    checkpoint((t) => t.mul(h).mul(w), x)
      .sum()
      .backward(); // Σ x² w²
    const want = [x.mul(w).mul(w).mul(2), x.mul(x).mul(w).mul(2)];
    [x, w].forEach((t, i) => t.grad!.data.forEach((value, j) => expect(value).toBeCloseTo(want[i]!.data[j]!, 12)));
  });

  it("is differentiable twice, nested, and works with grad", () => {
    const [x, w] = [random(2, 3), random(3, 2)];
    const block = (a: Tensor, b: Tensor): Tensor => a.matmul(b).tanh();
    const inner = (a: Tensor, b: Tensor): Tensor => checkpoint(block, a, b).exp();
    expect(gradcheck((a, b) => checkpoint(block, a, b), [x, w], { order: 2 }).passed).toBe(true);
    expect(gradcheck((a, b) => checkpoint(inner, a, b), [x, w], { order: 2 }).passed).toBe(true);
    expect(gradcheck((a, b) => checkpoint((t) => block(t, b), a), [x, w], { order: 2 }).passed).toBe(true);
  });

  it("passes on lists, and inputs that need no gradient", () => {
    const x = random(3).requiresGrad_();
    const index = tensor([2, 0], { dtype: "int32" });
    const [a, b] = checkpoint((t, i) => [t.gather(0, i), t.mul(3)] as const, x, index);
    a.sum().add(b.sum()).backward();
    expect(x.grad?.toArray()).toEqual([4, 3, 4]);
    expect(checkpoint((t) => t.mul(2), tensor([1])).requiresGrad).toBe(false);
    expect(noGrad(() => checkpoint((t) => t.mul(2), x)).requiresGrad).toBe(false);
  });

  it("keeps none of the inside until backward", () => {
    const x = random(2).requiresGrad_();
    const y = checkpoint((t) => t.exp().exp().exp(), x);
    expect(y.node?.name).toBe("checkpoint");
    expect(y.node?.inputs).toEqual([x]);
  });

  it("draws the same random numbers again, and leaves the generator where it was", () => {
    const run = (wrap: boolean): unknown[] => {
      const g = new Generator(5);
      const x = tensor([1, 2, 3, 4], { requiresGrad: true });
      const dropout = (t: Tensor): Tensor => t.mul(rand([4], { generator: g }).gt(0.5).to("float32"));
      const first = wrap ? checkpoint(dropout, x) : dropout(x);
      const second = wrap ? checkpoint(dropout, x) : dropout(x);
      first.add(second.mul(10)).sum().backward();
      return [first.toArray(), second.toArray(), x.grad!.toArray(), rand([2], { generator: g }).toArray()];
    };
    expect(run(true)).toEqual(run(false));
  });

  it("applies an update of running statistics once, and reads them as they were", () => {
    const running = zeros([]);
    const x = tensor([1, 3], { requiresGrad: true });
    const norm = (t: Tensor): Tensor => {
      const y = t.mul(running.detach().clone().add(1));
      noGrad(() => assign(running, running.mul(0.5).add(t.detach().mean())));
      return y;
    };
    const y = checkpoint(norm, x);
    const z = checkpoint(norm, y);
    expect(running.item()).toBe(3);
    z.sum().backward(); // factors 1, then 1 + 2
    expect(x.grad?.toArray()).toEqual([3, 3]);
    expect(running.item()).toBe(3);
    expect(running.storage.version).toBe(2);
  });

  it("reads cells as they were, and leaves them as they are", () => {
    const [factor, mode] = [new Cell(3), new Cell("first")];
    const x = tensor([1, 2], { requiresGrad: true });
    const inner = (t: Tensor): Tensor => t.mul(mode.get() === "first" ? factor.get() : 100);
    const y = checkpoint((t) => {
      const out = checkpoint(inner, t);
      mode.set("done");
      return out;
    }, x);
    factor.set(7);
    expect(mode.get()).toBe("done");
    mode.set("later");
    y.sum().backward();
    expect(x.grad?.toArray()).toEqual([3, 3]);
    expect([factor.get(), mode.get()]).toEqual([7, "later"]);
  });

  it("draws again from the generator that was the default then", () => {
    const run = (wrap: boolean): unknown[] => {
      manualSeed(1);
      const x = tensor([1, 2, 3, 4], { requiresGrad: true });
      const dropout = (t: Tensor): Tensor => t.mul(rand([4]));
      const y = wrap ? checkpoint(dropout, x) : dropout(x);
      manualSeed(2);
      y.sum().backward();
      return [x.grad?.toArray(), rand([1]).toArray()];
    };
    expect(run(true)).toEqual(run(false));
  });

  it("draws again from where a generator stood then, whatever it has loaded since", () => {
    const run = (wrap: boolean): unknown[] => {
      const generator = new Generator(1);
      const x = tensor([1, 2, 3, 4], { requiresGrad: true });
      const dropout = (t: Tensor): Tensor => t.mul(rand([4], { generator }));
      const y = wrap ? checkpoint(dropout, x) : dropout(x);
      generator.loadStateDict(new Generator(2).stateDict());
      y.sum().backward();
      return [x.grad?.toArray(), generator.stateDict()];
    };
    expect(run(true)).toEqual(run(false));
  });

  it("notices that an input or a captured tensor was assigned to since", () => {
    const [x, w] = [random(2).requiresGrad_(), random(2).requiresGrad_()];
    const y = checkpoint((t) => t.mul(w), x);
    assign(w, random(2));
    expect(() => y.sum().backward()).toThrow(
      new GradError(
        "checkpoint: expected input 1 at version 0 as saved, got version 1. " +
          "It was changed by assign between forward and backward: assign after backward, or use a clone() of it.",
      ),
    );
  });

  it("restores state when the second run fails", () => {
    const state = zeros([]);
    let runs = 0;
    const x = tensor([1], { requiresGrad: true });
    const y = checkpoint((t) => {
      assign(state, state.add(1));
      if (++runs === 2) throw new Error("second run");
      return t.mul(2);
    }, x);
    expect(() => y.sum().backward()).toThrow("second run");
    expect([state.item(), state.storage.version]).toEqual([1, 1]);
  });

  it("goes through a chain of 2,000 checkpoints", () => {
    const x = tensor(1, { dtype: "float64", requiresGrad: true });
    const w = tensor(1, { dtype: "float64", requiresGrad: true });
    let y = x;
    for (let i = 0; i < 2000; i++) y = checkpoint((t) => t.mul(w), y);
    const [dx, dw] = grad(y, [x, w]);
    expect([dx?.item(), dw?.item()]).toEqual([1, 2000]);
  });
});
