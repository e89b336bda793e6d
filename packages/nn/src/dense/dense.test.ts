import { gradcheck } from "@tapegrad/autograd";
import { Generator, ones, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Dense, functional, ScaledDense } from "../index.ts";

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

  it("prints its sizes and what is not standard", () => {
    expect(new Dense(3, 2, { generator: new Generator(1) }).toString()).toContain("Dense(3, 2) ");
    const layer = new Dense(3, 2, { bias: false, init: "kaiming_normal" as "ones" });
    expect(layer.toString()).toContain("Dense(3, 2, bias=false, init=kaiming_normal) ");
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
    [() => new Dense(0, 2), "Dense: expected inFeatures to be a whole number ≥ 1, got 0."],
    [() => new Dense(2, 1.5), "Dense: expected outFeatures to be a whole number ≥ 1, got 1.5."],
    [() => new Dense(2, 2, { dtype: "bool" as "float32" }), "Dense: expected dtype float32 or float64, got bool."],
    [() => new Dense(2, 2, { init: "gain" as "ones" }), "Dense: expected a function or one of zeros, ones,"],
    [() => new Dense(2, 2, { init: "ortogonal" as "orthogonal" }), 'got "ortogonal". Did you mean "orthogonal"?'],
    [() => new Dense(2, 2, { biasInit: 0 as never }), "Dense: expected biasInit to be a function or its name, got 0."],
    [() => new Dense(2, 2, { useBias: true } as object), 'Dense: expected options bias, init, biasInit, generator, dtype, kernelRegularizer, biasRegularizer, kernelConstraint, biasConstraint, activation, got "useBias". Did you mean "bias"?'],
    [() => new Dense(2, 2, { kernelInitializer: "zeros" } as object), 'got "kernelInitializer". Did you mean "init"?'],
    [() => new Dense(3, 2).forward(zeros([4, 5])), "linear: expected input of shape [..., 3], got [4, 5]."],
    [() => functional.linear(zeros([2]), zeros([2])), "linear: expected a weight of shape [out, in], got [2]."],
    [() => functional.linear(zeros([2]), zeros([3, 2]), zeros([2])), "linear: expected a bias of shape [3], got [2]."],
  ])("error %#: %s", (run, message) => {
    expect(run).toThrow(message);
  }); // prettier-ignore
});

describe("ScaledDense", () => {
  const generator = new Generator(3);

  it("divides sums over N inputs by N^γ", () => {
    for (const [gamma, divisor] of [[1, 16], [0.5, 4], [0, 1], [0.75, 8]] as const) {
      const layer = new ScaledDense(16, 3, { gamma, generator, dtype: "float64" });
      const x = randn([2, 16], { generator, dtype: "float64" });
      const want = functional.linear(x, layer.weight);
      layer.forward(x).data.forEach((value, i) => expect(value).toBeCloseTo(want.data[i]! / divisor, 13));
      expect(gradcheck((t) => layer.forward(t), [x]).passed).toBe(true);
    }
  }); // prettier-ignore

  it("has outputs whose variance goes with N^(1 − 2γ)", () => {
    const variance = (width: number, gamma: number): number =>
      new ScaledDense(width, 4000, { gamma, generator }).forward(ones([width])).square().mean().item();
    for (const gamma of [0.5, 0.75, 1]) {
      const slope = Math.log(variance(256, gamma) / variance(16, gamma)) / Math.log(16);
      expect(Math.abs(slope - (1 - 2 * gamma))).toBeLessThan(0.05);
    }
  }); // prettier-ignore

  it("prints what is not standard, and refuses a bias", () => {
    expect(new ScaledDense(3, 2, { gamma: 0.5, activation: "tanh" }).details()).toBe("3, 2, gamma=0.5, activation=tanh");
    expect(() => new ScaledDense(3, 2, { bias: true } as object)).toThrow("ScaledDense: expected options gamma, init, generator, dtype, kernelRegularizer, kernelConstraint, activation, got");
    expect(() => new ScaledDense(3, 2, { gamma: NaN })).toThrow("ScaledDense: expected gamma to be a finite number, got NaN.");
  }); // prettier-ignore
});
