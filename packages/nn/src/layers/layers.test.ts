import { gradcheck } from "@tapegrad/autograd";
import { Generator, ones, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  Dense,
  DenseBatchNorm,
  DenseLayerNorm,
  DenseRMSNorm,
  Dropout,
  Flatten,
  functional,
  Identity,
  Lambda,
  LayerNorm,
  type Module,
  ModuleList,
  Residual,
  Sequential,
} from "../index.ts";

describe("Dense", () => {
  it("starts from U(±1/√in), weight and bias alike", () => {
    const { weight, bias } = new Dense(400, 300, { generator: new Generator(1) });
    for (const p of [weight, bias as Tensor]) {
      expect(p.abs().max().item()).toBeLessThanOrEqual(0.05);
      expect(Math.abs(p.std().item() * Math.sqrt(3) * 20 - 1)).toBeLessThan(0.06);
    }
    expect(weight.shape).toEqual([300, 400]);
  });

  it("maps the last axis, for inputs of any rank from 1", () => {
    const layer = new Dense(3, 2, { init: "ones", biasInit: (b) => b });
    expect(layer.forward(tensor([1, 2, 3])).toArray()).toEqual([6, 6]);
    expect(layer.forward(ones([2, 4, 3])).shape).toEqual([2, 4, 2]);
    expect(layer.forward(ones([0, 3])).shape).toEqual([0, 2]);
    expect(new Dense(3, 2, { bias: false, dtype: "float64" }).forward(ones([1, 3], { dtype: "float64" })).dtype).toBe(
      "float64",
    );
  });

  it("agrees with sums, and its gradients with finite differences", () => {
    const draw = (...shape: number[]): Tensor => randn(shape, { dtype: "float64", generator: new Generator(2) });
    const [x, w, b] = [draw(2, 3, 4), draw(5, 4), draw(5)];
    const y = functional.linear(x, w, b);
    const at = (t: Tensor, i: number): number => t.data[i] ?? NaN;
    y.data.forEach((value, i) => {
      const [row, out] = [Math.floor(i / 5), i % 5];
      let sum = at(b, out);
      for (let k = 0; k < 4; k++) sum += at(x, row * 4 + k) * at(w, out * 4 + k);
      expect(value).toBeCloseTo(sum, 12);
    });
    expect(gradcheck(functional.linear, [x, w, b], { order: 2 }).passed).toBe(true);
    expect(gradcheck((t, u) => functional.linear(t, u), [draw(4), w]).passed).toBe(true);
  });

  it.each<readonly [() => unknown, string]>([
    [() => new Dense(0, 2), "Dense: expected inFeatures to be a whole number of at least 1, got 0."],
    [() => new Dense(2, 1.5), "Dense: expected outFeatures to be a whole number of at least 1, got 1.5."],
    [() => new Dense(2, 2, { dtype: "bool" as "float32" }), "Dense: expected dtype float32 or float64, got bool."],
    [() => new Dense(2, 2, { init: "gain" as "ones" }), "Dense: expected a function or one of zeros, ones,"],
    [() => new Dense(2, 2, { useBias: true } as object), 'Dense: expected options bias, init, biasInit, generator, dtype, got "useBias".'],
    [() => new Dense(3, 2).forward(zeros([4, 5])), "linear: expected input of shape [..., 3], got [4, 5]."],
    [() => functional.linear(zeros([2]), zeros([2])), "linear: expected a weight of shape [out, in], got [2]."],
    [() => functional.linear(zeros([2]), zeros([3, 2]), zeros([2])), "linear: expected a bias of shape [3], got [2]."],
  ])("error %#: %s", (run, message) => {
    expect(run).toThrow(message);
  }); // prettier-ignore
});

describe("Dropout", () => {
  it("drops at its rate and keeps the expectation", () => {
    const layer = new Dropout(0.3, { generator: new Generator(3) });
    const y = layer.forward(ones([100, 100]));
    const kept = Array.from(y.data).filter((v) => v !== 0);
    expect(kept.length / 1e4).toBeCloseTo(0.7, 1);
    for (const value of kept) expect(value).toBe(Math.fround(1 / 0.7));
    expect(y.mean().item()).toBeCloseTo(1, 1);
  });

  it("is the identity in evaluation and at rate 0, and zero at rate 1", () => {
    const x = randn([4]);
    expect(new Dropout().eval().forward(x)).toBe(x);
    expect(new Dropout(0).forward(x)).toBe(x);
    expect(new Dropout(1).forward(x).abs().max().item()).toBe(0);
  });

  it("passes the gradient where it passes the value", () => {
    const x = randn([50], { requiresGrad: true });
    const y = new Dropout(0.5).forward(x);
    y.sum().backward();
    y.data.forEach((value, i) => expect(x.grad?.data[i]).toBe(value === 0 ? 0 : 2));
  });

  it("repeats with its generator's seed", () => {
    const draw = (): unknown => new Dropout(0.5, { generator: new Generator(4) }).forward(ones([20])).toArray();
    expect(draw()).toEqual(draw());
    expect(() => new Dropout(1.5)).toThrow("Dropout: expected a rate in [0, 1], got 1.5.");
    expect(() => functional.dropout(ones([2]), { rate: NaN })).toThrow("dropout: expected a rate in [0, 1], got NaN.");
  });
});

describe("containers", () => {
  it("Sequential applies in order, ModuleList only holds", () => {
    const net = new Sequential(new Lambda((x) => x.add(1))).append(new Lambda((x) => x.mul(2)));
    expect(net.forward(tensor(3)).item()).toBe(8);
    expect([net.length, [...net].length]).toEqual([2, 2]);
    expect(new Sequential().forward(tensor(3)).item()).toBe(3);
    const modules = new ModuleList([new Dense(1, 1), new Dense(1, 1)]).append(new Dense(1, 1));
    expect([modules.length, [...modules].length, [...modules.parameters()].length]).toEqual([3, 3, 6]);
    expect(modules.at(-1)).toBeInstanceOf(Dense);
    expect(() => modules.forward()).toThrow("ModuleList: expected its modules to be called one by one");
    expect(Object.keys(new ModuleList([new Dense(1, 1)]).stateDict())).toEqual(["0.weight", "0.bias"]);
  });

  it("take modules only", () => {
    const relu = ((x: Tensor) => x.relu()) as unknown as Module;
    expect(() => new Sequential(relu)).toThrow(
      "Sequential: expected modules, got function. Wrap a function in Lambda.",
    );
    expect(() => new Sequential([] as unknown as Module)).toThrow("Sequential: expected modules, got object.");
    expect(() => new Sequential().forward()).toThrow("Sequential: expected an input, got none.");
    expect(() => new Lambda(3 as unknown as () => Tensor)).toThrow("Lambda: expected a function, got number.");
  });

  it("Residual adds, Flatten joins, Identity returns", () => {
    expect(new Residual(new Lambda((x) => x.mul(2))).forward(tensor([1, 2])).toArray()).toEqual([3, 6]);
    expect(() => new Residual(new Flatten()).forward(zeros([2, 1, 1]))).toThrow(
      "Residual: expected a body that keeps shape [2, 1, 1], got [2, 1].",
    );
    expect(new Flatten().forward(zeros([0, 3, 4])).shape).toEqual([0, 12]);
    const x = zeros([2]);
    expect(new Identity().forward(x)).toBe(x);
  });
});

describe("dense layers with a norm", () => {
  it.each([
    ["DenseBatchNorm", new DenseBatchNorm(3, 4, { activation: "relu", momentum: 0.5 }), "norm.running_var"],
    ["DenseLayerNorm", new DenseLayerNorm(3, 4, { activation: "relu", eps: 1e-3 }), "norm.bias"],
    ["DenseRMSNorm", new DenseRMSNorm(3, 4, { activation: (x: Tensor) => x.relu(), partial: 0.5 }), "norm.weight"],
  ] as const)("%s is dense → norm → activation", (_, layer, key) => {
    const x = randn([6, 3]);
    const y = layer.forward(x);
    expect(y.toArray()).toEqual(layer.norm.forward(layer.dense.forward(x)).relu().toArray());
    expect(Object.keys(layer.stateDict())).toContain(key);
    expect(Object.keys(layer.stateDict()).slice(0, 2)).toEqual(["dense.weight", "dense.bias"]);
  });

  it("hand their options on", () => {
    const layer = new DenseLayerNorm(3, 4, { bias: false, normBias: false, dtype: "float64" });
    expect(Object.keys(layer.stateDict())).toEqual(["dense.weight", "norm.weight"]);
    expect(layer.dense.weight.dtype).toBe("float64");
    expect(layer.forward(randn([2, 3], { dtype: "float64" })).shape).toEqual([2, 4]);
    expect(() => new DenseRMSNorm(3, 4, { activation: "nope" })).toThrow(/got "nope"/);
    expect(layer.norm).toBeInstanceOf(LayerNorm);
  });
});
