import { assign, GradError, randn, tensor, zeros } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { grad, noGrad } from "./index.ts";

const leaf = (data: number | readonly number[]): Tensor => tensor(data, { requiresGrad: true });

describe("Tensor.backward", () => {
  it("adds to the grad of every leaf and of nothing else", () => {
    const [x, w, c] = [leaf([1, 2]), leaf([3, 4]), tensor([5, 6])];
    const y = x.mul(w).add(c);
    y.sum().backward();
    expect(x.grad?.toArray()).toEqual([3, 4]);
    expect(w.grad?.toArray()).toEqual([1, 2]);
    expect([c.grad, y.grad]).toEqual([undefined, undefined]);
    x.mul(10).sum().backward();
    expect(x.grad?.toArray()).toEqual([13, 14]);
  });

  it("takes a cotangent for an output of any shape", () => {
    const x = leaf([1, 2]);
    x.square().backward(tensor([1, 10]));
    expect(x.grad?.toArray()).toEqual([2, 40]);
  });

  it("takes 1 for an output of one element, whatever its rank", () => {
    const x = leaf([[3]] as unknown as number[]);
    x.square().backward();
    expect(x.grad?.toArray()).toEqual([[6]]);
  });

  it("may start at a leaf", () => {
    const x = leaf(2);
    x.backward();
    expect(x.grad?.item()).toBe(1);
  });

  it("visits a node after all its consumers", () => {
    const x = leaf(3);
    const a = x.mul(2);
    const b = a.mul(a); // 4 x²
    b.add(a).mul(b).backward(); // 16 x⁴ + 8 x³
    expect(x.grad?.item()).toBe(64 * 27 + 24 * 9);
  });

  it("gives each leaf a gradient of its own, so that assigning to one changes no other", () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    const cotangent = tensor([1, 1]);
    x.add(y).backward(cotangent);
    assign(x.grad!, tensor([7, 7]));
    expect(y.grad?.toArray()).toEqual([1, 1]);
    expect(cotangent.toArray()).toEqual([1, 1]);
    const z = leaf([1, 2]);
    z.backward(cotangent);
    assign(z.grad!, tensor([7, 7]));
    expect(cotangent.toArray()).toEqual([1, 1]);
  });

  it("leaves a detached gradient, and a connected one with createGraph", () => {
    const x = leaf(2);
    x.pow(3).backward();
    expect(x.grad?.requiresGrad).toBe(false);
    const w = leaf(2);
    w.pow(3).backward(undefined, { createGraph: true });
    expect(w.grad?.item()).toBe(12);
    expect(grad(w.grad!, [w])[0]?.item()).toBe(12);
  });

  it.each([false, true])("leaves each leaf a gradient of its own, createGraph: %s", (createGraph) => {
    const [x, y, ct] = [leaf([1, 2]), leaf([3, 4]), tensor([5, 6])];
    const z = x.add(y).retainGrad();
    z.backward(ct, { createGraph });
    assign(x.grad!, zeros([2]));
    assign(z.grad!, tensor([7, 8]));
    expect([x.grad, y.grad, z.grad, ct].map((t) => t?.toArray())).toEqual([[0, 0], [5, 6], [7, 8], [5, 6]]); // prettier-ignore
  });

  it("goes back twice with retainGraph, and frees after the last time", () => {
    const x = leaf(2);
    const y = x.square();
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(x.grad?.item()).toBe(8);
    expect(() => y.backward()).toThrow(
      new GradError(
        "backward: expected a graph whose saved tensors are still there, got one freed by an earlier backward " +
          "(at 'square'). Pass { retainGraph: true } to the earlier call to go back twice.",
      ),
    );
    expect(x.grad?.item()).toBe(8);
  });

  it("finds a freed part behind a part that is not", () => {
    const x = leaf(2);
    const shared = x.exp();
    shared.mul(2).backward();
    expect(() => shared.mul(3).backward()).toThrow("(at 'exp')");
  });

  it.each([
    [
      "a vector without cotangent",
      (x: Tensor) => x.mul(2).backward(),
      "backward: expected a cotangent or an output of one element, got an output of shape [2]. Pass a cotangent of that shape, or reduce to a scalar with sum() or mean().",
    ],
    [
      "no graph",
      (x: Tensor) => x.detach().sum().backward(),
      "backward: expected an output that requires gradients, got one that no recorded operation made. Create its inputs with requiresGrad: true, and compute it outside noGrad.",
    ],
    [
      "a result of noGrad",
      (x: Tensor) => noGrad(() => x.sum()).backward(),
      "backward: expected an output that requires gradients",
    ],
    [
      "a cotangent of another shape",
      (x: Tensor) => x.mul(2).backward(zeros([3])),
      "backward: expected a cotangent of shape [2], got [3].",
    ],
    [
      "a cotangent of another dtype",
      (x: Tensor) => x.mul(2).backward(zeros([2], { dtype: "float64" })),
      "backward: expected a cotangent of dtype float32, got float64.",
    ],
    [
      "an unknown option",
      (x: Tensor) => x.sum().backward(undefined, { retain: true } as object),
      'backward: expected options retainGraph, createGraph, inputs, got "retain".',
    ],
  ])("refuses %s", (_, act, message) => {
    const x = leaf([1, 2]);
    expect(() => act(x)).toThrow(message);
    expect(x.grad).toBeUndefined();
  });

  it("refuses gradients of whole numbers and bools", () => {
    expect(() => tensor([1], { dtype: "int32" }).requiresGrad_()).toThrow(
      "requiresGrad_: expected a float32 or float64 tensor, got int32.",
    );
    expect(leaf([1, 2]).gt(1).requiresGrad).toBe(false);
    expect(leaf([1, 2]).to("int32").requiresGrad).toBe(false);
  });

  it.each([
    [
      "an input",
      (x: Tensor, w: Tensor) => [x.mul(w), w] as const,
      "mul: expected input 1 at version 0 as saved, got version 1.",
    ],
    [
      "an input seen through reshape",
      (x: Tensor, w: Tensor) => [x.mul(w.detach()), w] as const,
      "mul: expected input 1 at version 0 as saved, got version 1.",
    ],
    [
      "a weight of matmul",
      (x: Tensor, w: Tensor) => [x.unsqueeze(0).matmul(w.unsqueeze(1)), w] as const,
      "matmul: expected input 1 at version 0 as saved, got version 1.",
    ],
  ])("notices that %s was assigned to since", (_, f, message) => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    const [y, target] = f(x, w);
    assign(target, tensor([5, 5]));
    expect(() => y.sum().backward()).toThrow(message);
    expect(x.grad).toBeUndefined();
  });

  it("does not mind an assignment to what backward does not read", () => {
    const [x, c] = [leaf([1, 2]), tensor([3, 4])];
    const y = x.add(c);
    assign(c, tensor([0, 0]));
    assign(x, tensor([0, 0]));
    y.sum().backward();
    expect(x.grad?.toArray()).toEqual([1, 1]);
  });

  it("walks a chain of 150,000 operations forward and backward", () => {
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 150_000; i++) y = y.add(1e-6);
    y.backward();
    expect(x.grad?.item()).toBe(1);
    let z = x;
    for (let i = 0; i < 150_000; i++) z = z.neg();
    expect(grad(z, [x])[0]?.item()).toBe(1);
  });

  it("walks a ladder of 10,000 diamonds once per node", () => {
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 10_000; i++) y = y.mul(0.5).add(y.mul(0.5));
    y.backward();
    expect(x.grad?.item()).toBe(1);
  });

  it("walks again what needs nothing that was saved, as far as the leaves", () => {
    const a = tensor([1, 2], { requiresGrad: true });
    const h = a.add(1).reshape([2, 1]).neg();
    h.sum().backward();
    h.mul(2).sum().backward();
    expect(a.grad?.toArray()).toEqual([-3, -3]);
    // The sum and the sign need nothing, but the square behind them does.
    const g = a.square().neg();
    g.sum().backward();
    expect(() => g.sum().backward()).toThrow("backward: expected a graph whose saved tensors are still there");
  });

  it("stops at a detach(), and not because a result is said to require none", () => {
    const y = tensor([1], { requiresGrad: true }).mul(2);
    const message = "requiresGrad: expected a leaf to stop gradients at, got the result of mul. Use its detach().";
    expect(() => y.requiresGrad_(false)).toThrow(new GradError(message));
    expect(() => (y.requiresGrad = false)).toThrow(new GradError(message));
    expect([y.requiresGrad, y.requiresGrad_().requiresGrad, y.detach().requiresGrad]).toEqual([true, true, false]);
    const x = tensor([1], { requiresGrad: true });
    expect(x.requiresGrad_(false).requiresGrad).toBe(false);
  });

  it("holds no memory from step to step", () => {
    const w = randn([10, 10]).requiresGrad_();
    const losses: Tensor[] = [];
    for (let i = 0; i < 50; i++) {
      const loss = w.tanh().square().sum();
      loss.backward();
      losses.push(loss);
      w.grad = undefined;
    }
    expect(losses.every(({ node }) => node?.inputs.length === 0)).toBe(true);
  });
});
