import { gradcheck } from "@tapegrad/autograd";
import { assign, Generator, ones, randn, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { batchNorm, meanOnlyBatchNorm } from "../../src/functional.ts";
import { channelGroups } from "./naive-norm.ts";

describe("running statistics", () => {
  type Update = (x: Tensor, runningMean: Tensor, runningVar: Tensor) => void;
  const momentum = 0.3;

  /** The check: one update must lead to the numbers that loops over the batch lead to. */
  function checkUpdate(update: Update): void {
    const shape = [3, 2, 2, 2];
    const x = randn(shape, { dtype: "float64", generator: new Generator(73) }).add(0.5);
    const runningMean = zeros([2], { dtype: "float64" });
    const runningVar = ones([2], { dtype: "float64" });
    update(x, runningMean, runningVar);
    channelGroups(shape).forEach((group, channel) => {
      const values = group.map((i) => x.data[i] ?? NaN);
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
      const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
      expect(runningMean.data[channel]).toBeCloseTo(momentum * mean, 12);
      expect(runningVar.data[channel]).toBeCloseTo((1 - momentum) * 1 + momentum * variance, 12);
    });
  }

  const handmade =
    (weight: number, correction: number): Update =>
    (x, runningMean, runningVar) => {
      const axis = [0, 2, 3];
      assign(runningMean, runningMean.mul(1 - weight).add(x.mean({ axis }).mul(weight)));
      assign(runningVar, runningVar.mul(1 - weight).add(x.variance({ axis, correction }).mul(weight)));
    };

  it("pass the check, also by hand", () => {
    checkUpdate((x, runningMean, runningVar) => batchNorm(x, { runningMean, runningVar, momentum, training: true }));
    checkUpdate(handmade(momentum, 1));
  });

  it("fail it with the biased variance", () => {
    const runningVariance = "biased";
    expect(() => checkUpdate(handmade(momentum, 0))).toThrow(/expected/);
    expect(() =>
      checkUpdate((x, runningMean, runningVar) =>
        batchNorm(x, { runningMean, runningVar, momentum, training: true, runningVariance }),
      ),
    ).toThrow(/expected/);
  });

  it("fail it with the momentum flipped", () => {
    expect(() => checkUpdate(handmade(1 - momentum, 1))).toThrow(/expected/);
  });

  it("fail it in evaluation mode, which does not update", () => {
    expect(() =>
      checkUpdate((x, runningMean, runningVar) => batchNorm(x, { runningMean, runningVar, momentum })),
    ).toThrow(/expected/);
  });
});

describe("the running mean of mean-only batch normalization", () => {
  it("goes its share of the way to the mean of every batch, outside the tape", () => {
    const runningMean = ones([2], { dtype: "float64" });
    const want = [1, 1];
    for (const seed of [74, 75]) {
      const x = randn([3, 2, 2], { dtype: "float64", generator: new Generator(seed) }).add(2);
      const y = meanOnlyBatchNorm(x.requiresGrad_(), { runningMean, training: true, momentum: 0.3 });
      expect(y.requiresGrad).toBe(true);
      channelGroups(x.shape).forEach((group, channel) => {
        const mean = group.reduce((sum, at) => sum + x.data[at]!, 0) / group.length;
        want[channel] = 0.7 * want[channel]! + 0.3 * mean;
        expect(runningMean.data[channel]).toBeCloseTo(want[channel]!, 12);
      });
    }
    expect(runningMean.requiresGrad).toBe(false);
    meanOnlyBatchNorm(zeros([0, 2], { dtype: "float64" }), { runningMean, training: true });
    expect(runningMean.data[0]).toBeCloseTo(want[0]!, 12);
  });

  it("is what evaluation subtracts, a constant for the gradient", () => {
    const [x, bias, runningMean] = [[2, 3, 2], [3], [3]].map((shape, i) => randn(shape, { dtype: "float64", generator: new Generator(77 + i) })) as [Tensor, Tensor, Tensor];
    const run = (at: Tensor, b: Tensor): Tensor => meanOnlyBatchNorm(at, { bias: b, runningMean });
    run(x, bias).data.forEach((value, i) => {
      const channel = Math.floor(i / 2) % 3;
      expect(value).toBeCloseTo(x.data[i]! - runningMean.data[channel]! + bias.data[channel]!, 14);
    });
    expect(gradcheck(run, [x, bias], { order: 2 }).passed).toBe(true);
  }); // prettier-ignore

  it("keeps the digits of float32 inputs far from 0", () => {
    const x = randn([64, 1], { generator: new Generator(76) }).add(1e5);
    const y = meanOnlyBatchNorm(x);
    const mean = Array.from(x.data).reduce((sum, value) => sum + value, 0) / 64;
    y.data.forEach((value, i) => expect(Math.abs(value - (x.data[i]! - mean))).toBeLessThan(1e-6));
  });
});
