import { grad, gradcheck } from "@tapegrad/autograd";
import { Generator, ones, randint, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Dense, Embedding, functional } from "../index.ts";

const indices = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });

describe("embedding", () => {
  const generator = new Generator(1);
  const weight = randn([5, 3], { dtype: "float64", generator });

  it.each([[[]], [[4]], [[2, 3]], [[3, 0]], [[2, 1, 2]]])("picks rows for an index of shape %j", (shape) => {
    const index = randint(0, 5, shape, { generator });
    const y = functional.embedding(index, weight);
    expect(y.shape).toEqual([...shape, 3]);
    y.data.forEach((value, i) => {
      const row = index.data[Math.floor(i / 3)]!;
      expect(value).toBe(weight.data[row * 3 + (i % 3)]);
    });
  });

  it("equals the product with one-hot rows, gradients included", () => {
    const index = indices(4, 0, 4, 2);
    const hot = tensor([[0, 0, 0, 0, 1], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0, 0, 1, 0, 0]], { dtype: "float64" }); // prettier-ignore
    const cotangent = randn([4, 3], { dtype: "float64", generator });
    const gradients = [(w: Tensor) => functional.embedding(index, w), (w: Tensor) => hot.matmul(w)].map((f) => {
      const w = weight.detach().requiresGrad_();
      f(w).backward(cotangent);
      return w.grad?.toArray();
    });
    expect(gradients[0]).toEqual(gradients[1]);
  });

  it("has derivatives of first and second order", () => {
    const f = (w: Tensor): Tensor => functional.embedding(indices(1, 1, 4), w.square());
    expect(gradcheck(f, [weight], { order: 2 }).passed).toBe(true);
  });

  it("keeps the padding row's value and drops its gradient", () => {
    for (const paddingIndex of [1, -4]) {
      const w = weight.detach().requiresGrad_();
      const y = functional.embedding(indices(1, 2, 1), w, { paddingIndex });
      expect(y.toArray()).toEqual(functional.embedding(indices(1, 2, 1), weight).toArray());
      y.backward(ones([3, 3], { dtype: "float64" }));
      expect(w.grad?.sum({ axis: 1 }).toArray()).toEqual([0, 0, 3, 0, 0]);
    }
  });

  it("divides gradients by how often a row is named, and leaves rows that are not finite as they are", () => {
    const f = (w: Tensor): Tensor => functional.embedding(indices(1, 1, 4), w.square(), { scaleGradByFreq: true });
    const w = weight.detach().requiresGrad_();
    const cotangent = randn([3, 3], { dtype: "float64", generator });
    f(w).backward(cotangent);
    const scaled = cotangent.mul(tensor([[0.5], [0.5], [1]], { dtype: "float64" }));
    const [wanted] = grad(functional.embedding(indices(1, 1, 4), w.square()), [w], { cotangent: scaled });
    expect(w.grad?.toArray()).toEqual(wanted!.toArray());
    const endless = tensor([[Number.POSITIVE_INFINITY, 1]]);
    expect(functional.embedding(indices(0), endless, { scaleGradByFreq: true }).toArray()).toEqual([[Infinity, 1]]);
  });

  it.each<readonly [() => unknown, string]>([
    [() => functional.embedding(indices(5), weight), "embedding: expected indices in [0, 5), got 5."],
    [() => functional.embedding(indices(0, -1), weight), "embedding: expected indices in [0, 5), got -1."],
    [() => functional.embedding(tensor([1]), weight), 'embedding: expected an int32 index, got float32. Convert it with to("int32").'],
    [() => functional.embedding(indices(1), zeros([3])), "embedding: expected a weight of shape [rows, features], got [3]."],
    [() => functional.embedding(indices(1), weight, { paddingIndex: 5 }), "embedding: expected paddingIndex in [-5, 5), got 5."],
    [() => functional.embedding(indices(1), weight, { padding: 5 } as object), 'embedding: expected options paddingIndex, maxNorm, normType, scaleGradByFreq, got "padding".'],
    [() => new Embedding(0, 3), "Embedding: expected count to be a whole number ≥ 1, got 0."],
    [() => new Embedding(3, 0.5), "Embedding: expected features to be a whole number ≥ 1, got 0.5."],
    [() => new Embedding(3, 2, { paddingIndex: -4 }), "Embedding: expected paddingIndex in [-3, 3), got -4."],
    [() => new Embedding(3, 2, { dtype: "int32" as "float32" }), "Embedding: expected dtype float32 or float64, got int32."],
    [() => new Embedding(3, 2, { init: "none" as "ones" }), "Embedding: expected a function or one of zeros, ones,"],
    [() => new Embedding(3, 2, { maxnorm: 1 } as object), 'Embedding: expected options paddingIndex, maxNorm, normType, scaleGradByFreq, init, generator, dtype, got "maxnorm". Did you mean "maxNorm"?'],
  ])("error %#", (run, message) => {
    expect(run).toThrow(message);
  }); // prettier-ignore
});

describe("Embedding", () => {
  it("starts from N(0, 1), the padding row from zeros", () => {
    const { weight } = new Embedding(100, 100, { generator: new Generator(2), paddingIndex: -1 });
    expect(weight.mean().item()).toBeCloseTo(0, 1);
    expect(weight.std().item()).toBeCloseTo(1, 1);
    expect(weight.slice(99).abs().max().item()).toBe(0);
    expect(weight.requiresGrad).toBe(true);
  });

  it("has PyTorch's key, and prints its numbers", () => {
    const layer = new Embedding(7, 3, { paddingIndex: 0, dtype: "float64", init: "ones" });
    expect(Object.keys(layer.stateDict())).toEqual(["weight"]);
    expect(String(layer)).toContain("7, 3, paddingIndex=0");
    expect(layer.forward(indices(0, 6)).toArray()).toEqual([[0, 0, 0], [1, 1, 1]]); // prettier-ignore
  });

  it("can share its table with the layer that gives logits", () => {
    const table = new Embedding(6, 4);
    const head = new Dense(4, 6, { bias: false });
    Object.assign(head, { weight: table.weight });
    head.forward(table.forward(indices(1, 2))).backward(ones([2, 6]));
    expect(table.weight.grad?.abs().min({ axis: 1 }).gt(0).any().item()).toBe(1);
    expect(head.weight.grad).toBe(table.weight.grad);
  });
});
