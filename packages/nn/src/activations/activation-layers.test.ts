import { ShapeError, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import * as nn from "../index.ts";

describe("activation layers", () => {
  it("PReLU has one parameter under PyTorch's key", () => {
    const layer = new nn.PReLU({ channels: 3, dtype: "float64" });
    expect(Object.keys(layer.stateDict())).toEqual(["weight"]);
    expect(layer.weight.toArray()).toEqual([0.25, 0.25, 0.25]);
    expect(layer.weight.dtype).toBe("float64");
  });

  it.each<[nn.Module, string]>([
    [new nn.ReLU(), "ReLU()"],
    [new nn.ReLU({ maxValue: 6, threshold: 1 }), "ReLU(maxValue=6, threshold=1)"],
    [new nn.HardSigmoid({ alpha: 0.2 }), "HardSigmoid(alpha=0.2)"],
    [new nn.RReLU({ upper: 0.5 }), "RReLU(upper=0.5)"],
    [new nn.LeakyReLU(), "LeakyReLU()"],
    [new nn.LeakyReLU({ negativeSlope: 0.2 }), "LeakyReLU(negativeSlope=0.2)"],
    [new nn.GELU({ approximate: "tanh" }), "GELU(approximate=tanh)"],
    [new nn.HardTanh({ min: -2, max: 2 }), "HardTanh(min=-2, max=2)"],
    [new nn.Softmax({ axis: 0 }), "Softmax(axis=0)"],
    [new nn.PReLU({ channels: 3 }), "PReLU(3)"],
    [new nn.Threshold(1, -1), "Threshold(1, -1)"],
    [new nn.Activation("gelu"), "Activation(gelu)"],
  ])("%#: prints as %s", (layer, printed) => {
    expect(layer.toString()).toContain(printed);
  });

  it("Activation finds every name, and passes functions on", () => {
    for (const name of nn.functional.activationNames) {
      expect(new nn.Activation(name).forward(tensor([1, 2])).ndim, name).toBe(1);
    }
    const x = tensor([1, 2, 3]);
    expect(new nn.Activation((t) => t.mul(2)).forward(x).toArray()).toEqual([2, 4, 6]);
    expect(() => new nn.Activation(3 as never)).toThrow("got 3.");
  });

  it.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      "LeakyReLU",
      () => new nn.LeakyReLU({ slope: 1 } as object),
      ValueError,
      'LeakyReLU: expected options negativeSlope, got "slope".',
    ],
    [
      "GELU",
      () => new nn.GELU({ exact: true } as object),
      ValueError,
      'GELU: expected options approximate, got "exact".',
    ],
    [
      "ReLU",
      () => new nn.ReLU(true as never),
      ValueError,
      "ReLU: expected options such as { negativeSlope: 0 }, got true.",
    ],
    [
      "RReLU",
      () => new nn.RReLU({ lower: 1 }),
      ValueError,
      "RReLU: expected lower ≤ upper, got lower 1 and upper 0.3333333333333333.",
    ],
    ["CELU", () => new nn.CELU({ alpha: 0 }), ValueError, "CELU: expected alpha > 0, got 0."],
    ["Softmax", () => new nn.Softmax({ dim: 0 } as object), ValueError, 'Softmax: expected options axis, got "dim".'],
    [
      "Threshold",
      () => new nn.Threshold(NaN, 0),
      ValueError,
      "Threshold: expected limit to be a finite number, got NaN.",
    ],
    [
      "PReLU",
      () => new nn.PReLU({ channels: 3, shape: [3, 1] }),
      ValueError,
      "PReLU: expected channels or a shape, got 3 and [3, 1].",
    ],
    ["PReLU", () => new nn.PReLU({ init: NaN }), ValueError, "PReLU: expected init to be a finite number, got NaN."],
    [
      "PReLU",
      () => new nn.PReLU({ channels: 0 }),
      ShapeError,
      "PReLU: expected channels to be a whole number ≥ 1, got 0.",
    ],
  ])("%s refuses wrong options", (_name, make, type, message) => {
    expect(make).toThrow(type);
    expect(make).toThrow(message);
  });
});
