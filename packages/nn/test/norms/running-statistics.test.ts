import { assign, Generator, ones, randn, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { batchNorm } from "../../src/functional.ts";
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
