import { randn, type Tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import * as f from "../../functional.ts";
import * as nn from "../../index.ts";

const x = randn([4, 6]).mul(3);

describe("activation layers", () => {
  it.each<[string, nn.Module<[Tensor]>, (x: Tensor) => Tensor]>([
    ["ReLU", new nn.ReLU(), f.relu],
    ["LeakyReLU", new nn.LeakyReLU({ negativeSlope: 0.2 }), (t) => f.leakyRelu(t, { negativeSlope: 0.2 })],
    ["PReLU", new nn.PReLU({ channels: 6, init: 0.1 }), (t) => f.leakyRelu(t, { negativeSlope: 0.1 })],
    ["ELU", new nn.ELU({ alpha: 0.5 }), (t) => f.elu(t, { alpha: 0.5 })],
    ["SELU", new nn.SELU(), f.selu],
    ["CELU", new nn.CELU({ alpha: 2 }), (t) => f.celu(t, { alpha: 2 })],
    ["GELU", new nn.GELU({ approximate: "tanh" }), (t) => f.gelu(t, { approximate: "tanh" })],
    ["SiLU", new nn.SiLU(), f.silu],
    ["Mish", new nn.Mish(), f.mish],
    ["Softplus", new nn.Softplus({ beta: 2, threshold: 5 }), (t) => f.softplus(t, { beta: 2, threshold: 5 })],
    ["Softsign", new nn.Softsign(), f.softsign],
    ["Sigmoid", new nn.Sigmoid(), f.sigmoid],
    ["LogSigmoid", new nn.LogSigmoid(), f.logSigmoid],
    ["Tanh", new nn.Tanh(), f.tanh],
    ["HardTanh", new nn.HardTanh({ min: -2 }), (t) => f.hardTanh(t, { min: -2 })],
    ["HardSigmoid", new nn.HardSigmoid(), f.hardSigmoid],
    ["HardSwish", new nn.HardSwish(), f.hardSwish],
    ["ReLU6", new nn.ReLU6(), f.relu6],
    ["Threshold", new nn.Threshold(1, -1), (t) => f.threshold(t, 1, -1)],
    ["Softmax", new nn.Softmax({ axis: 0 }), (t) => f.softmax(t, { axis: 0 })],
    ["LogSoftmax", new nn.LogSoftmax(), f.logSoftmax],
    ["Softmin", new nn.Softmin(), f.softmin],
    ["GLU", new nn.GLU({ axis: 0 }), (t) => f.glu(t, { axis: 0 })],
    ["SwiGLU", new nn.SwiGLU(), f.swiglu],
    ["Activation", new nn.Activation("gelu"), f.gelu],
  ])("%s is its function", (name, layer, fn) => {
    const got = layer.forward(x);
    expect(got.shape).toEqual(fn(x).shape);
    got.data.forEach((value, i) => expect(value).toBeCloseTo(fn(x).data[i]!, 6));
    expect(layer.toString()).toContain(`${name}(`);
  });

  it("PReLU has one parameter under PyTorch's key", () => {
    const layer = new nn.PReLU({ channels: 3, dtype: "float64" });
    expect(Object.keys(layer.stateDict())).toEqual(["weight"]);
    expect(layer.weight.toArray()).toEqual([0.25, 0.25, 0.25]);
    expect(layer.weight.dtype).toBe("float64");
  });

  it("prints its options", () => {
    expect(new nn.LeakyReLU({ negativeSlope: 0.2 }).toString()).toContain("LeakyReLU(negativeSlope=0.2)");
  });

  it.each<[string, () => unknown, string]>([
    [
      "LeakyReLU",
      () => new nn.LeakyReLU({ slope: 1 } as object),
      'LeakyReLU: expected options negativeSlope, got "slope".',
    ],
    ["GELU", () => new nn.GELU({ exact: true } as object), 'GELU: expected options approximate, got "exact".'],
    ["Softmax", () => new nn.Softmax({ dim: 0 } as object), 'Softmax: expected options axis, got "dim".'],
    ["Threshold", () => new nn.Threshold(NaN, 0), "Threshold: expected limit to be a finite number, got NaN."],
    ["PReLU", () => new nn.PReLU({ init: NaN }), "PReLU: expected init to be a finite number, got NaN."],
  ])("%s refuses wrong options", (_name, make, message) => {
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });
});
