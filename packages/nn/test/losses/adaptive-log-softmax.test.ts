import { grad, gradcheck } from "@tapegrad/autograd";
import { DTypeError, randn, ShapeError, tensor, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AdaptiveLogSoftmaxWithLoss } from "../../src/index.ts";

interface Fixture {
  readonly state: Readonly<Record<string, unknown>>;
  readonly output: readonly number[];
  readonly loss: number;
  readonly logProb: readonly number[];
  readonly predict: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

const fixture = JSON.parse(readFileSync(new URL("adaptive-log-softmax.json", import.meta.url), "utf8")) as Fixture;
const ints = (values: number[]): Tensor => tensor(values, { dtype: "int32" });
const wave = (count: number, step: number): Tensor =>
  tensor(
    Array.from({ length: count }, (_, i) => Math.sin(i * step + 0.5) * 1.7),
    { dtype: "float64" },
  );
const close = (got: Tensor, want: readonly number[]): void => {
  expect(got.size).toBe(want.length);
  got.data.forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThan(1e-11));
};
const make = (): AdaptiveLogSoftmaxWithLoss =>
  new AdaptiveLogSoftmaxWithLoss(4, 10, [3, 6], { divValue: 2, headBias: true, dtype: "float64" });

describe("AdaptiveLogSoftmaxWithLoss", () => {
  const layer = make();
  layer.loadStateDict(Object.fromEntries(Object.entries(fixture.state).map(([name, values]) => [name, tensor(values as number[], { dtype: "float64" })]))); // prettier-ignore
  const x = wave(12, 1.3).reshape([3, 4]);
  const target = ints([0, 9, 4]);

  it("has PyTorch's state, values and gradients", () => {
    expect(Object.keys(make().stateDict())).toEqual(Object.keys(fixture.state));
    const leaf = x.detach().requiresGrad_();
    const [output, loss] = layer.forward(leaf, target);
    close(output, fixture.output);
    expect(loss.item()).toBeCloseTo(fixture.loss, 11);
    close(layer.logProb(x), fixture.logProb);
    expect(layer.predict(x).toArray()).toEqual(fixture.predict);
    const value = output.mul(wave(3, 2.1)).sum().add(loss);
    const named = Object.fromEntries(layer.namedParameters());
    const leaves = [leaf, ...Object.keys(fixture.state).map((name) => named[name]!)];
    grad(value, leaves).forEach((g, i) => close(g, fixture.gradients[i]!));
  });

  it("is a distribution over all classes, of one input too", () => {
    const all = layer.logProb(x);
    close(all.exp().sum({ axis: 1 }), [1, 1, 1]);
    close(layer.logProb(x.at(1)), [...all.at(1).data]);
    const [output, loss] = layer.forward(x.at(1), tensor(9, { dtype: "int32" }));
    expect([output.shape, loss.shape, layer.predict(x.at(1)).shape]).toEqual([[], [], []]);
    expect(output.item()).toBeCloseTo(all.at(1, 9).item(), 14);
    expect(layer.forward(zeros([0, 4], { dtype: "float64" }), zeros([0], { dtype: "int32" }))[1].item()).toBeNaN();
  });

  it("passes the gradient check twice", () => {
    expect(gradcheck((t) => layer.forward(t!, target)[0], [x], { order: 2 }).passed).toBe(true);
  });

  it("takes its tail with it, and prints its sizes", () => {
    expect(make().namedParameters().map(([name, { shape }]) => [name, shape])).toEqual([
      ["head.weight", [5, 4]], ["head.bias", [5]], ["tail.0.0.weight", [2, 4]], ["tail.0.1.weight", [3, 2]],
      ["tail.1.0.weight", [1, 4]], ["tail.1.1.weight", [4, 1]],
    ]);
    expect(make().details()).toBe("4, 10, [3, 6], divValue=2, headBias=true, dtype=float64");
    expect(new AdaptiveLogSoftmaxWithLoss(64, 10, [3, 6]).details()).toBe("64, 10, [3, 6]");
  }); // prettier-ignore

  it.each<[string, () => unknown, new (message: string) => Error, string]>([
    ["cutoffs that fall", () => new AdaptiveLogSoftmaxWithLoss(64, 10, [6, 3]), ValueError, "AdaptiveLogSoftmaxWithLoss: expected cutoffs that grow and are below 10, got [6, 3]."],
    ["a cutoff at the end", () => new AdaptiveLogSoftmaxWithLoss(64, 10, [10]), ValueError, "AdaptiveLogSoftmaxWithLoss: expected cutoffs that grow and are below 10, got [10]."],
    ["no cutoffs", () => new AdaptiveLogSoftmaxWithLoss(64, 10, []), ValueError, "AdaptiveLogSoftmaxWithLoss: expected cutoffs that grow and are below 10, got []."],
    ["a cutoff of 0", () => new AdaptiveLogSoftmaxWithLoss(64, 10, [0, 3]), ValueError, "AdaptiveLogSoftmaxWithLoss: expected cutoffs to be a list of values, each a whole number ≥ 1, got [0, 3]."],
    ["clusters without features", () => new AdaptiveLogSoftmaxWithLoss(8, 10, [3, 6]), ValueError, "AdaptiveLogSoftmaxWithLoss: expected features in every cluster, got 8 / 4^2 < 1."],
    ["an input", () => layer.logProb(zeros([3, 5])), ShapeError, "AdaptiveLogSoftmaxWithLoss.logProb: expected input of shape [4] or [N, 4], got [3, 5]."],
    ["another dtype", () => layer.predict(x.to("float32")), DTypeError, "AdaptiveLogSoftmaxWithLoss.predict: expected input of dtype float64, got float32."],
    ["a target", () => layer.forward(x, ints([1, 2])), ShapeError, "AdaptiveLogSoftmaxWithLoss.forward: expected target of shape [3], got [2]."],
    ["floats", () => layer.forward(x, randn([3])), DTypeError, 'AdaptiveLogSoftmaxWithLoss.forward: expected target of dtype int32, got float32. Convert it with to("int32").'],
    ["a class", () => layer.forward(x, ints([0, 10, 1])), ValueError, "AdaptiveLogSoftmaxWithLoss.forward: expected classes in [0, 10), got 10."],
  ])("refuses %s", (_, act, type, message) => {
    expect(act).toThrow(type);
    expect(act).toThrow(message);
  }); // prettier-ignore
});
