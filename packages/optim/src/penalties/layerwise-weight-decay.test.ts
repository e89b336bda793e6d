import { Generator, randn, tensor, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { layerwiseWeightDecay } from "./layerwise-weight-decay.ts";

const generator = new Generator(5);
const draw = (shape: readonly number[], scale: number): Tensor =>
  randn(shape, { generator, dtype: "float64" }).mul(scale);

function weight(value: Tensor, grad: Tensor): Tensor {
  const parameter = value.detach().requiresGrad_();
  parameter.grad = grad;
  return parameter;
}

describe("layerwiseWeightDecay", () => {
  it("adds the same part of every gradient, in the direction of the weight", () => {
    const scales = [[1, 1], [1e3, 1e-3], [1e-150, 1e150]] as const;
    for (const [ofWeight, ofGradient] of scales) {
      const [value, grad] = [draw([3, 4], ofWeight), draw([3, 4], ofGradient)];
      const parameter = weight(value, grad);
      layerwiseWeightDecay([parameter, parameter], 0.25);
      const rms = (t: Tensor, unit: number): number => Math.sqrt([...t.data].reduce((sum, x) => sum + (x / unit) ** 2, 0));
      const lambda = (0.25 * rms(grad, ofGradient) * ofGradient) / (rms(value, ofWeight) * ofWeight);
      const unit = ofGradient;
      parameter.grad!.data.forEach((g, i) => expect(g / unit).toBeCloseTo((grad.data[i]! + lambda * value.data[i]!) / unit, 12));
      const decay = parameter.grad!.sub(grad);
      expect(rms(decay, unit) / rms(grad, unit)).toBeCloseTo(0.25, 12);
    }
  });

  it("leaves weights of 0, those without a gradient, and dtypes", () => {
    const [nothing, single, none] = [weight(zeros([2]), tensor([1, 2])), weight(tensor([3, 4]), tensor([10, 0])), zeros([2]).requiresGrad_()];
    layerwiseWeightDecay([nothing, single, none], 0.5);
    expect(nothing.grad!.toArray()).toEqual([1, 2]);
    expect([single.grad!.toArray(), single.grad!.dtype, single.toArray()]).toEqual([[13, 4], "float32", [3, 4]]);
    expect(none.grad).toBeUndefined();
  });

  it.each([
    [() => layerwiseWeightDecay([zeros([2])], -1), "layerwiseWeightDecay: expected ratio ≥ 0, got -1."],
    [() => layerwiseWeightDecay([], 1), "layerwiseWeightDecay: expected at least one parameter, got none."],
  ])("error %#", (run, message) => {
    expect(run).toThrow(ValueError);
    expect(run).toThrow(message);
  });
}); // prettier-ignore
