import { ShapeError, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import * as f from "../functional.ts";

const x = tensor([1, 2, 3]);
const odd = zeros([2, 3]);

describe("errors of activations", () => {
  it.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      "leakyRelu",
      () => f.leakyRelu(x, { slope: 1 } as object),
      ValueError,
      'leakyRelu: expected options negativeSlope, got "slope".',
    ],
    [
      "leakyRelu NaN",
      () => f.leakyRelu(x, { negativeSlope: NaN }),
      ValueError,
      "leakyRelu: expected negativeSlope to be a finite number, got NaN.",
    ],
    ["elu", () => f.elu(x, { beta: 1 } as object), ValueError, 'elu: expected options alpha, got "beta".'],
    [
      "elu ∞",
      () => f.elu(x, { alpha: Infinity }),
      ValueError,
      "elu: expected alpha to be a finite number, got Infinity.",
    ],
    ["celu 0", () => f.celu(x, { alpha: 0 }), ValueError, "celu: expected alpha > 0, got 0."],
    [
      "gelu",
      () => f.gelu(x, { approximate: "fast" as "none" }),
      ValueError,
      "gelu: expected approximate none, tanh or sigmoid, got fast.",
    ],
    ["softplus 0", () => f.softplus(x, { beta: 0 }), ValueError, "softplus: expected beta > 0, got 0."],
    [
      "softplus NaN",
      () => f.softplus(x, { threshold: NaN }),
      ValueError,
      "softplus: expected threshold to be a finite number, got NaN.",
    ],
    [
      "hardTanh",
      () => f.hardTanh(x, { min: 2, max: 1 }),
      ValueError,
      "hardTanh: expected min < max, got min 2 and max 1.",
    ],
    [
      "threshold",
      () => f.threshold(x, NaN, 0),
      ValueError,
      "threshold: expected limit to be a finite number, got NaN.",
    ],
    [
      "threshold value",
      () => f.threshold(x, 0, Infinity),
      ValueError,
      "threshold: expected value to be a finite number, got Infinity.",
    ],
    ["relu", () => f.relu(x, { maxValue: -1 }), ValueError, "relu: expected maxValue ≥ 0, got -1."],
    [
      "relu option",
      () => f.relu(x, { slope: 1 } as object),
      ValueError,
      'relu: expected options negativeSlope, maxValue, threshold, got "slope".',
    ],
    ["hardSigmoid", () => f.hardSigmoid(x, { alpha: 0 }), ValueError, "hardSigmoid: expected alpha > 0, got 0."],
    ["shrink", () => f.shrink(x, { bias: NaN }), ValueError, "shrink: expected bias to be a finite number, got NaN."],
    ["hardShrink", () => f.hardShrink(x, { lambda: -1 }), ValueError, "hardShrink: expected lambda ≥ 0, got -1."],
    ["softShrink", () => f.softShrink(x, { lambda: -1 }), ValueError, "softShrink: expected lambda ≥ 0, got -1."],
    ["squareplus", () => f.squareplus(x, { b: 0 }), ValueError, "squareplus: expected b > 0, got 0."],
    [
      "step",
      () => f.step(x, { threshold: NaN }),
      ValueError,
      "step: expected threshold to be a finite number, got NaN.",
    ],
    [
      "rrelu",
      () => f.rrelu(x, { lower: 0.5, upper: 0.1 }),
      ValueError,
      "rrelu: expected lower ≤ upper, got lower 0.5 and upper 0.1.",
    ],
    ["gumbelSoftmax", () => f.gumbelSoftmax(x, { tau: 0 }), ValueError, "gumbelSoftmax: expected tau > 0, got 0."],
    [
      "gumbelSoftmax axis",
      () => f.gumbelSoftmax(x, { axis: 1 }),
      ShapeError,
      "gumbelSoftmax: expected an axis in [-1, 0], got 1.",
    ],
    ["sparsemax", () => f.sparsemax(odd, { axis: 2 }), ShapeError, "sparsemax: expected an axis in [-2, 1], got 2."],
    ["softmax axis", () => f.softmax(odd, { axis: 2 }), ShapeError, "softmax: expected an axis in [-2, 1], got 2."],
    [
      "softmax fraction",
      () => f.softmax(odd, { axis: 0.5 }),
      ValueError,
      "softmax: expected axis to be a whole number, or a list of such values, got 0.5.",
    ],
    [
      "softmax rank 0",
      () => f.softmax(tensor(1), { axis: 1 }),
      ShapeError,
      "softmax: expected an axis in [-1, 0], got 1.",
    ],
    [
      "logSoftmax axis",
      () => f.logSoftmax(odd, { axis: -3 }),
      ShapeError,
      "logSoftmax: expected an axis in [-2, 1], got -3.",
    ],
    ["softmin axis", () => f.softmin(odd, { axis: 9 }), ShapeError, "softmin: expected an axis in [-2, 1], got 9."],
    ["glu option", () => f.glu(odd, { dim: 0 } as object), ValueError, 'glu: expected options axis, got "dim".'],
    ["glu odd", () => f.glu(odd), ShapeError, "glu: expected an even extent along axis 1, got 3."],
    [
      "swiglu odd",
      () => f.swiglu(odd, { axis: -1 }),
      ShapeError,
      "swiglu: expected an even extent along axis 1, got 3.",
    ],
    [
      "prelu",
      () => f.prelu(odd, zeros([2, 1, 3])),
      ShapeError,
      "prelu: expected a weight whose extents are 1 or those of the last axes of an input of shape [2, 3], got shape [2, 1, 3].",
    ],
    [
      "prelu",
      () => f.prelu(odd, zeros([3, 3])),
      ShapeError,
      "prelu: expected a weight whose extents are 1 or those of the last axes of an input of shape [2, 3], got shape [3, 3].",
    ],
    ["hardSigmoid", () => f.hardSigmoid(odd, { alpha: 0 }), ValueError, "hardSigmoid: expected alpha > 0, got 0."],
    [
      "prelu",
      () => f.prelu(odd, zeros([2])),
      ShapeError,
      "prelu: expected a weight of 1 or 3 elements for input of shape [2, 3], got shape [2].",
    ],
    [
      "tlu",
      () => f.tlu(odd, zeros([2])),
      ShapeError,
      "tlu: expected a threshold of 1 or 3 elements for input of shape [2, 3], got shape [2].",
    ],
  ])("%s", (_name, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });

  it.each(["reluu", "constructor", "__proto__", "toString", ""])(
    "knows no activation %j and says which there are",
    (name) => {
      const call = (): unknown => f.resolveActivation(name);
      expect(call).toThrow(ValueError);
      expect(call).toThrow(`Activation: expected a function or one of celu, elu, gelu,`);
      expect(call).toThrow(`got "${name}".`);
    },
  );

  it("names the nearest activation, and finds it whatever its case", () => {
    expect(() => f.resolveActivation("leakyrelo")).toThrow('Did you mean "leakyRelu"?');
    for (const name of ["leakyRelu", "LeakyReLU", "leaky_relu"]) {
      expect(
        f
          .resolveActivation(name)(tensor([-100]))
          .item(),
      ).toBe(-1);
    }
  });
});
