import { BatchNorm, Dense, Sequential } from "@tapegrad/nn";
import { SGD } from "@tapegrad/optim";
import { assign, full, manualSeed, randn } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Model } from "../model/model.ts";
import { snapshot } from "@tapegrad/io/internal";
import type { Callback } from "../training/callback.ts";
import { EarlyStopping, type EarlyStoppingOptions, type EarlyStoppingState } from "./early-stopping.ts";
import { IdleTraining } from "../../test/idle-training.ts";

/** The epochs that figures of `valLoss` last for, and what is restored of them. */
function run(
  losses: readonly number[],
  options: EarlyStoppingOptions,
  monitor: string = "valLoss",
): readonly [epochs: number, weight: number] {
  const net = new Sequential(new Dense(1, 1), new BatchNorm(1));
  const stopping = new EarlyStopping({ monitor, ...options });
  const training = new IdleTraining(net);
  stopping.onTrainBegin();
  let epoch = 0;
  for (; epoch < losses.length && !training.isStopped; epoch++) {
    assign((net.children()[0] as Dense).weight, full([1, 1], epoch));
    assign((net.children()[1] as BatchNorm).runningMean!, full([1], epoch));
    stopping.onEpochEnd(epoch, { [monitor]: losses[epoch]! }, training);
  }
  stopping.onTrainEnd(training);
  const weight = (net.children()[0] as Dense).weight.item();
  expect((net.children()[1] as BatchNorm).runningMean!.item()).toBe(weight);
  return [epoch, weight];
}

describe("EarlyStopping", () => {
  it("stops after patience epochs without improvement, as Keras does", () => {
    expect(run([3, 2, 2.5, 2.4, 1], { patience: 2 })).toEqual([4, 3]);
    expect(run([3, 2, 2.5, 1, 0.5], { patience: 2 })).toEqual([5, 4]);
    expect(run([3, 4, 5], { patience: 0 })).toEqual([2, 1]);
    expect(run([3, 2, 1], { patience: 0 })).toEqual([3, 2]);
    // The first epoch never stops.
    expect(run([3, 3], { patience: 1, baseline: 1 })).toEqual([2, 1]);
  });

  it("restores weights and buffers of the best epoch, whether it stopped or not", () => {
    expect(run([3, 2, 2.5, 2.4, 1], { patience: 2, restoreBestWeights: true })).toEqual([4, 1]);
    expect(run([3, 1, 2], { patience: 5, restoreBestWeights: true })).toEqual([3, 1]);
  });

  it("takes more for better where the name or mode says so", () => {
    expect(run([0.5, 0.6, 0.55, 0.5], { patience: 2 }, "valAccuracy")).toEqual([4, 3]);
    expect(run([0.5, 0.4, 0.3], { patience: 1 }, "valAccuracy")).toEqual([2, 1]);
    expect(run([1, 2, 3], { patience: 1, mode: "max" }, "reward")).toEqual([3, 2]);
    expect(() => run([1], {}, "reward")).toThrow(
      'EarlyStopping: expected mode min or max for monitor "reward", got auto',
    );
  });

  it("knows minDelta, baseline, startFromEpoch and NaN", () => {
    expect(run([3, 2.95, 2.91, 2.85], { patience: 2, minDelta: 0.1 })).toEqual([3, 2]);
    expect(run([3, 2.8, 2.6, 2.4], { patience: 2, minDelta: 0.1 })).toEqual([4, 3]);
    expect(run([3, 2.9, 2.8, 2.7], { patience: 2, baseline: 1 })).toEqual([2, 1]);
    expect(run([3, 4, 5, 6], { patience: 1, startFromEpoch: 2 })).toEqual([4, 3]);
    expect(run([Number.NaN, Number.NaN, 1], { patience: 2, restoreBestWeights: true })).toEqual([2, 0]);
    expect(run([Number.NaN, 2, 3], { patience: 2, restoreBestWeights: true })).toEqual([3, 1]);
  });

  it("lists the figures there are, and takes snake_case", () => {
    const training = new IdleTraining(new Dense(1, 1));
    const end = (monitor: string): void =>
      new EarlyStopping({ monitor }).onEpochEnd(0, { loss: 1, valLoss: 2 }, training);
    expect(() => end("val_los")).toThrow(
      'EarlyStopping: expected one of loss, valLoss, got "val_los". Did you mean "valLoss"?',
    );
    expect(() => end("val_loss")).not.toThrow();
    expect(() => new EarlyStopping({ patience: -1 })).toThrow(
      "EarlyStopping: expected patience to be a whole number ≥ 0, got -1.",
    );
  });

  it.each([true, false])("goes on exactly in the middle of a fit (compile: %s)", async (compile) => {
    manualSeed(0);
    const x = randn([32, 2]);
    const y = randn([32, 1]);
    const fit = async (
      resume?: object,
    ): Promise<readonly [stopping: EarlyStopping, weights: number[], states: object[]]> => {
      manualSeed(1);
      const net = new Sequential(new Dense(2, 4), new BatchNorm(4), new Dense(4, 1));
      const model = new Model(net).compile({ optimizer: (params) => new SGD(params, { lr: 0.3 }), loss: "mse" });
      const stopping = new EarlyStopping({ patience: 3, restoreBestWeights: true });
      const states: object[] = [];
      const saving: Callback = { onEpochEnd: (_epoch, _logs, training) => void states.push(training.stateDict()) };
      await model.fit(x, y, {
        epochs: 30,
        validationSplit: 0.5,
        batchSize: 8,
        seed: 4,
        verbose: 0,
        compile,
        callbacks: [stopping, saving],
        resume,
      });
      return [stopping, [...net.parameters(), ...net.buffers()].flatMap((t) => Array.from(t.data)), states];
    };
    const [stopping, weights, states] = await fit();
    expect(stopping.stoppedEpoch).toBe(stopping.bestEpoch! + 3);
    expect(stopping.stoppedEpoch).toBeLessThan(29);
    const middle = JSON.parse(JSON.stringify(states[stopping.bestEpoch! + 1])) as object;
    const [resumed, resumedWeights] = await fit(middle);
    expect(resumed.stoppedEpoch).toBe(stopping.stoppedEpoch);
    expect(resumed.bestEpoch).toBe(stopping.bestEpoch);
    expect(resumedWeights).toEqual(weights);
  });

  it("refuses states of others", () => {
    const stopping = new EarlyStopping();
    const state: EarlyStoppingState = snapshot(stopping.stateDict());
    expect(() => stopping.loadStateDict({ ...state, wait: -1 })).toThrow(
      "EarlyStopping.loadStateDict: expected wait to be",
    );
    expect(() => stopping.loadStateDict(3 as never)).toThrow("expected a state as stateDict returns it");
  });
});
