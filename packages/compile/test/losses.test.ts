import { grad } from "@tapegrad/autograd";
import { AdaptiveLogSoftmaxWithLoss, CircleLoss, functional, MSELoss } from "@tapegrad/nn";
import { assign, Generator, rand, type Tensor, tensor } from "@tapegrad/tensor";
import { expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

const draw = { generator: new Generator(3), dtype: "float64" } as const;
const x = rand([4, 3], draw);
const targets: readonly Tensor[] = [
  rand([4, 3], draw),
  rand([4, 3], draw).gt(0.5).to("float64").mul(2).sub(1),
  rand([4, 3], draw).gt(0.5).to("float64"),
  tensor([0, 2, 1, 1], { dtype: "int32" }),
  tensor([[0, -1, 1], [2, 1, -1], [-1, -1, -1], [0, 1, 2]], { dtype: "int32" }), // prettier-ignore
];

describe.each(functional.lossNames)("%s", (name) => {
  const loss = functional.resolveLoss(name);
  const step = (input: Tensor, target: Tensor): [Tensor, Tensor] => {
    const leaf = input.detach().requiresGrad_();
    const value = loss(leaf, target);
    return [value.detach(), grad(value, [leaf])[0]!];
  };

  it("is the same compiled, gradient included", () => {
    const fitting = targets.filter((target) => {
      try {
        step(x, target);
        return true;
      } catch {
        return false;
      }
    });
    expect(fitting).not.toEqual([]);
    for (const target of fitting) {
      const [eager, compiled] = [step(x, target), compile(step)(x, target)];
      compiled.forEach((got, i) => expectClose(got, eager[i]!.toArray() as number[], { rtol: 1e-12, atol: 1e-14 }));
    }
  });
});

describe("losses with buffers and of three inputs, compiled", () => {
  const same = (got: Tensor, want: Tensor): void => expectClose(got, want.toArray() as number[], { rtol: 1e-12, atol: 1e-14 });

  it("follow a weight that changes between calls", () => {
    const loss = new MSELoss({ weight: tensor([1, 0, 2], { dtype: "float64" }) });
    const run = compile((a: Tensor, b: Tensor) => loss.forward(a, b));
    const t = targets[0]!;
    same(run(x, t), loss.forward(x, t));
    const before = run(x, t).item();
    assign(loss.weight!, tensor([0, 3, 1], { dtype: "float64" }));
    same(run(x, t), loss.forward(x, t));
    expect(run(x, t).item()).not.toBe(before);
  });

  it("follow what embeddings are compared with", () => {
    const labels = tensor([0, 1, 0, 1], { dtype: "int32" });
    const loss = new CircleLoss({ gamma: 2, refEmbeddings: rand([3, 3], draw), refLabels: tensor([0, 1, 1], { dtype: "int32" }) });
    const run = compile((a: Tensor) => loss.forward(a, labels));
    same(run(x), loss.forward(x, labels));
    assign(loss.refLabels!, tensor([1, 0, 0], { dtype: "int32" }));
    same(run(x), loss.forward(x, labels));
  });

  it("tripletMarginLoss and reduceLosses are the same", () => {
    const [p, n] = [rand([4, 3], draw), rand([4, 3], draw)];
    const weight = tensor([1, 0, 2, 1], { dtype: "float64" });
    const step = (a: Tensor): Tensor =>
      functional.reduceLosses(functional.tripletMarginLoss(a, p, n, { swap: true, reduction: "none" }), { weight, reduction: "meanByNonzeroWeights" });
    same(compile(step)(x), step(x));
  });

  it("AdaptiveLogSoftmaxWithLoss is the same, and refuses the same class", () => {
    const layer = new AdaptiveLogSoftmaxWithLoss(3, 8, [2, 5], { divValue: 1.5, dtype: "float64" });
    const run = compile((a: Tensor, t: Tensor) => layer.forward(a, t));
    const classes = tensor([0, 7, 3, 4], { dtype: "int32" });
    run(x, classes).forEach((got, i) => same(got, layer.forward(x, classes)[i]!));
    expect(() => run(x, classes.add(1))).toThrow("AdaptiveLogSoftmaxWithLoss.forward: expected classes in [0, 8), got 8.");
  });
}); // prettier-ignore
