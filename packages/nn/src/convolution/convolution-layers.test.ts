import { gradcheck } from "@tapegrad/autograd";
import { Generator, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { drawer, errorOf } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import {
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  functional,
  type Module,
} from "../index.ts";

const generator = new Generator(4);
const draw = drawer(14);

describe("convolution layers", () => {
  it("have PyTorch's keys and layouts", () => {
    const shapes = (layer: Module): Record<string, readonly number[]> =>
      Object.fromEntries(Object.entries(layer.stateDict()).map(([key, { shape }]) => [key, shape]));
    expect(shapes(new Conv1d(4, 6, 5, { groups: 2 }))).toEqual({ weight: [6, 2, 5], bias: [6] });
    expect(shapes(new Conv2d(3, 8, [3, 2], { bias: false }))).toEqual({ weight: [8, 3, 3, 2] });
    expect(shapes(new Conv3d(1, 2, 3))).toEqual({ weight: [2, 1, 3, 3, 3], bias: [2] });
    expect(shapes(new ConvTranspose1d(4, 6, 5, { groups: 2 }))).toEqual({ weight: [4, 3, 5], bias: [6] });
    expect(shapes(new ConvTranspose2d(3, 8, [3, 2], { bias: false }))).toEqual({ weight: [3, 8, 3, 2] });
    expect(shapes(new ConvTranspose3d(1, 2, 3))).toEqual({ weight: [1, 2, 3, 3, 3], bias: [2] });
  });

  it.each<readonly [Conv2d | ConvTranspose2d, number]>([
    [new Conv2d(16, 64, [5, 4], { groups: 2, generator: new Generator(1) }), 8 * 20],
    [new ConvTranspose2d(16, 64, [5, 4], { groups: 2, generator: new Generator(1) }), 32 * 20],
  ])("start from U(±1/√fanIn), weight and bias alike: %#", ({ weight, bias }, fanIn) => {
    const bound = 1 / Math.sqrt(fanIn);
    for (const parameter of [weight, bias as Tensor]) {
      expect(parameter.abs().max().item()).toBeLessThanOrEqual(bound);
      expect(parameter.std().item() / (bound / Math.sqrt(3))).toBeCloseTo(1, 0);
    }
    expect(weight.std().item() / (bound / Math.sqrt(3))).toBeCloseTo(1, 1);
  });

  it("call the functions with their options", () => {
    const conv = new Conv2d(4, 6, 3, { stride: 2, padding: 1, dilation: 2, groups: 2, dtype: "float64", generator });
    const x = draw(2, 4, 9, 8);
    const options = { stride: 2, padding: 1, dilation: 2, groups: 2 };
    expect(conv.forward(x).toArray()).toEqual(functional.conv2d(x, conv.weight, conv.bias, options).toArray());
    const up = new ConvTranspose2d(4, 6, 3, { ...options, outputPadding: 1, dtype: "float64", generator });
    expect(up.forward(x).toArray()).toEqual(
      functional.convTranspose2d(x, up.weight, up.bias, { ...options, outputPadding: 1 }).toArray(),
    );
    expect(new Conv1d(3, 2, 1, { init: "ones", biasInit: "zeros" }).forward(tensor([[1], [2], [3]])).toArray()).toEqual(
      [[6], [6]], // prettier-ignore
    );
  });

  it.each(["reflect", "replicate", "circular"] as const)("pad by %s", (paddingMode) => {
    const layer = new Conv2d(2, 3, 3, { padding: [1, 2], paddingMode, dtype: "float64", generator });
    const x = draw(2, 2, 4, 4);
    const padded = x.pad([[0, 0], [0, 0], [1, 1], [2, 2]], { mode: paddingMode }); // prettier-ignore
    const expected = functional.conv2d(padded, layer.weight, layer.bias);
    expect(layer.forward(x).toArray()).toEqual(expected.toArray());
    expect(layer.forward(x.slice(0)).toArray()).toEqual(expected.slice(0).toArray());
    const same = new Conv2d(2, 3, 2, { padding: "same", paddingMode, dtype: "float64" });
    expect(same.forward(x).shape).toEqual([2, 3, 4, 4]);
    gradcheck((t) => layer.forward(t), [draw(1, 2, 3, 3)], { order: 2 });
  });

  it("print their numbers", () => {
    expect(String(new Conv2d(3, 8, 3, { stride: 2, padding: [1, 0], paddingMode: "reflect" }))).toContain(
      "3, 8, size=[3, 3], stride=2, padding=[1, 0], paddingMode=reflect",
    );
    expect(String(new ConvTranspose1d(3, 8, 4, { stride: 2, outputPadding: 1, bias: false }))).toContain(
      "3, 8, size=[4], stride=2, outputPadding=1, bias=false",
    );
  });

  it.each<readonly [() => unknown, string]>([
    [() => new Conv2d(0, 2, 3), "ShapeError: Conv2d: expected inChannels to be a whole number ≥ 1, got 0."],
    [() => new Conv2d(3, 2.5, 3), "ShapeError: Conv2d: expected outChannels to be a whole number ≥ 1, got 2.5."],
    [() => new Conv2d(4, 6, 3, { groups: 4 }), "ShapeError: Conv2d: expected channels divisible by 4 groups, got 4 and 6."],
    [() => new Conv2d(4, 6, [3]), "ValueError: Conv2d: expected size to be a whole number ≥ 1, or 2 of them, got [3]."],
    [() => new Conv1d(4, 6, 0), "ValueError: Conv1d: expected size to be a whole number ≥ 1, got 0."],
    [() => new Conv2d(4, 6, 3, { padding: "same", stride: 2 }), 'ValueError: Conv2d: expected stride 1 with padding "same", got [2, 2].'],
    [() => new Conv2d(4, 6, 3, { paddingMode: "mirror" as "reflect" }), 'ValueError: Conv2d: expected paddingMode zeros, reflect, replicate or circular, got mirror.'],
    [() => new Conv2d(4, 6, 3, { strides: 2 } as object), "ValueError: Conv2d: expected options stride, padding, dilation, groups, paddingMode, bias, init, biasInit, generator, dtype, kernelRegularizer, biasRegularizer, kernelConstraint, biasConstraint, activation, got \"strides\". Did you mean \"stride\"?"],
    [() => new Conv2d(4, 6, 3, { dtype: "int32" as "float32" }), "DTypeError: Conv2d: expected dtype float32 or float64, got int32."],
    [() => new ConvTranspose2d(4, 6, 3, { groups: 4 }), "ShapeError: ConvTranspose2d: expected channels divisible by 4 groups, got 4 and 6."],
    [() => new ConvTranspose2d(4, 6, 3, { outputPadding: 1 }), "ValueError: ConvTranspose2d: expected outputPadding below stride or dilation, got [1, 1]."],
    [() => new Conv2d(3, 2, 3).forward(zeros([1, 2, 5, 5])), "ShapeError: conv2d: expected input of 3 channels for a weight of shape [2, 3, 3, 3] in 1 groups, got shape [1, 2, 5, 5]."],
    [() => new Conv2d(3, 2, 3, { paddingMode: "reflect", padding: 1 }).forward(zeros([3])), "ShapeError: conv2d: expected input of 4 axes (or 3 for one sample), got shape [3]."],
  ])("error %#", (run, message) => {
    expect(errorOf(run)).toBe(message);
  }); // prettier-ignore
});
