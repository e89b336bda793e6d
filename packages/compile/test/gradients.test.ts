import { grad } from "@tapegrad/autograd";
import { Dense, LayerNorm, type Module, Sequential } from "@tapegrad/nn";
import { SGD } from "@tapegrad/optim";
import { assign, Generator, manualSeed, ones, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const snapshots = (tensors: Iterable<Tensor>): (Tensor | undefined)[] => [...tensors].map(snapshot);
const gradsOf = (model: Module): (Tensor | undefined)[] => model.parameters().map(({ grad }) => snapshot(grad));
const inputs = (count: number, ...shape: number[]): Tensor[] => {
  const generator = new Generator(11);
  return Array.from({ length: count }, () => randn(shape, { generator }));
};

describe("gradients after a call", () => {
  const scenario =
    (end: "kept" | "forgotten" | "none") =>
    (wrap: Parameters<Parameters<typeof expectSameAsEager>[0]>[0]): unknown => {
      manualSeed(2);
      const model = new Sequential(new Dense(4, 3), new LayerNorm(3));
      const optimizer = new SGD(model.parameters(), { lr: 0.1 });
      const step = wrap((x: Tensor) => {
        if (end !== "none") optimizer.zeroGrad();
        const loss = model.forward(x).square().mean();
        loss.backward();
        optimizer.step();
        if (end === "forgotten") optimizer.zeroGrad();
        return loss;
      });
      const seen = [];
      for (const x of inputs(3, 5, 4)) seen.push(step(x), gradsOf(model), snapshots(model.parameters()));
      return seen;
    };

  it.each(["kept", "forgotten", "none"] as const)("%s", (end) => expectSameAsEager(scenario(end)));

  it("are undefined after zeroGrad", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    w.grad = ones([2]);
    const f = compile(() => {
      w.square().sum().backward();
      w.grad = undefined;
    });
    f();
    expect(w.grad).toBeUndefined();
  });

  it("stay what they were when the function runs again", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const f = compile((x: Tensor) => {
      w.grad = undefined;
      w.mul(x).sum().backward();
    });
    f(tensor([3, 4]));
    const first = w.grad;
    f(tensor([5, 6]));
    expect(first?.toArray()).toEqual([3, 4]);
    expect(w.grad?.toArray()).toEqual([5, 6]);
    expect(w.grad).toBe(w.grad);
  });

  it("of two leaves are two tensors", () => {
    const [a, b] = [tensor([1, 2], { requiresGrad: true }), tensor([1, 2], { requiresGrad: true })];
    compile((x: Tensor) => a.add(b).mul(x).sum().backward())(tensor([3, 4]));
    assign(a.grad as Tensor, zeros([2]));
    expect(b.grad?.toArray()).toEqual([3, 4]);
  });

  it("can be changed by eager code between calls", () => {
    expectSameAsEager((wrap) => {
      const w = tensor([1, 2], { requiresGrad: true });
      const f = wrap((x: Tensor) => w.mul(x).sum().backward());
      f(tensor([3, 4]));
      w.grad = w.grad?.mul(10);
      f(tensor([1, 1]));
      assign(w.grad as Tensor, zeros([2]));
      f(tensor([5, 6]));
      w.square().sum().backward();
      return snapshot(w.grad);
    });
  });

  it("are read inside", () => {
    expectSameAsEager((wrap) => {
      const w = tensor([1, 2], { requiresGrad: true });
      const f = wrap((x: Tensor) => {
        const before = w.grad?.sum();
        w.mul(x).sum().backward();
        return { before, after: w.grad, both: w.grad?.mul(before ?? 1) };
      });
      return [f(tensor([3, 4])), f(tensor([3, 4])), snapshot(w.grad)];
    });
  });

  it("of arguments", () => {
    expectSameAsEager((wrap) => {
      const w = tensor([1, 2], { requiresGrad: true });
      const f = wrap((x: Tensor, y: Tensor) => {
        const loss = w.mul(x).mul(y).sum();
        loss.backward();
        return loss;
      });
      const x = tensor([3, 4], { requiresGrad: true });
      const y = tensor([5, 6], { requiresGrad: true });
      const seen = [f(x, y), snapshot(x.grad), snapshot(y.grad), f(x, y), snapshot(x.grad)];
      seen.push(f(y, x), snapshot(x.grad), snapshot(y.grad));
      seen.push(f(x, x), snapshot(x.grad), f(x.detach(), y), snapshot(x.grad), snapshot(w.grad));
      return seen;
    });
  });

  it("of arguments stay what they were when another is passed", () => {
    const f = compile((x: Tensor) => x.square().sum().backward());
    const [a, b] = [tensor([1], { requiresGrad: true }), tensor([2], { requiresGrad: true })];
    f(a);
    f(b);
    expect([a.grad?.item(), b.grad?.item()]).toEqual([2, 4]);
  });

  it("of higher order", () => {
    expectSameAsEager((wrap) => {
      const w = tensor([1, 2], { requiresGrad: true });
      const f = wrap((x: Tensor) => {
        const [first] = grad(w.pow(3).mul(x).sum(), [w], { createGraph: true }) as [Tensor];
        first.square().sum().backward();
        return first.detach();
      });
      return [f(tensor([3, 4])), snapshot(w.grad)];
    });
  });
});
