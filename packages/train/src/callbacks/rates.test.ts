import { Dense } from "@tapegrad/nn";
import { Adam, CosineAnnealingLR, OneCycleLR, SGD } from "@tapegrad/optim";
import { manualSeed, ones, randn } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { IdleTraining } from "../../test/idle-training.ts";
import type { FitOptions } from "../model/fit-options.ts";
import { Model } from "../model/model.ts";
import type { Callback } from "../training/callback.ts";
import { LearningRateSchedule } from "./learning-rate-schedule.ts";
import { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from "./reduce-lr-on-plateau.ts";

/** What Keras' callback does, transcribed from its documentation and source. */
function kerasRates(
  losses: readonly number[],
  { factor = 0.1, patience = 10, minDelta = 1e-4, cooldown = 0, minLr = 0 }: ReduceLROnPlateauOptions,
): number[] {
  let [lr, best, wait, cooling] = [0.1, Infinity, 0, 0];
  return losses.map((loss) => {
    if (cooling > 0) [cooling, wait] = [cooling - 1, 0];
    if (loss < best - minDelta) [best, wait] = [loss, 0];
    else if (cooling === 0) {
      wait++;
      if (wait >= patience) {
        if (lr > minLr) [lr, cooling, wait] = [Math.max(lr * factor, minLr), cooldown, 0];
      }
    }
    return lr;
  });
}

describe("ReduceLROnPlateau", () => {
  const losses = [3, 2, 2, 2.5, 1.9999, 1, 1, 1, 1, 1, 1, 0.5, 1, 1, 1, 1, Number.NaN, 1];

  it.each<ReduceLROnPlateauOptions>([
    { patience: 2, factor: 0.5 },
    { patience: 1, cooldown: 2, factor: 0.5 },
    { patience: 0, cooldown: 1, factor: 0.5 },
    { patience: 2, cooldown: 3, factor: 0.5, minDelta: 0 },
    { patience: 1, factor: 0.1, minLr: 0.004 },
  ])("does what Keras does with %j", (options) => {
    const training = new IdleTraining(new Dense(1, 1));
    const callback = new ReduceLROnPlateau({ monitor: "loss", ...options });
    callback.onTrainBegin();
    const rates = losses.map((loss, epoch) => {
      callback.onEpochEnd(epoch, { loss }, training);
      return training.optimizer.lr;
    });
    const expected = kerasRates(losses, options);
    rates.forEach((rate, i) => expect(rate, `epoch ${i}`).toBeCloseTo(expected[i]!, 12));
  });

  it("goes on with the state of another", () => {
    const run = (from: number, to: number, lr: number, state?: ReturnType<ReduceLROnPlateau["stateDict"]>) => {
      const training = new IdleTraining(new Dense(1, 1));
      training.optimizer.lr = lr;
      const callback = new ReduceLROnPlateau({ monitor: "loss", patience: 2 });
      callback.onTrainBegin();
      if (state !== undefined) callback.loadStateDict(JSON.parse(JSON.stringify(state)) as typeof state);
      for (let epoch = from; epoch < to; epoch++) callback.onEpochEnd(epoch, { loss: losses[epoch]! }, training);
      return [callback.stateDict(), training.optimizer.lr] as const;
    };
    const [state, lr] = run(0, 7, 0.1);
    expect(run(7, losses.length, lr, state)).toEqual(run(0, losses.length, 0.1));
    expect(() => run(0, 1, 0.1, { ...state, badSteps: -1 })).toThrow("badSteps");
  });

  it("says which figures there are", () => {
    const end = (): void => new ReduceLROnPlateau().onEpochEnd(0, { loss: 1 }, new IdleTraining(new Dense(1, 1)));
    expect(end).toThrow('ReduceLROnPlateau: expected one of loss, got "valLoss".');
  });
});

describe("LearningRateSchedule", () => {
  const x = ones([8, 2]);
  const y = ones([8, 1]);

  /** Rates at the end of each batch. */
  async function rates(
    make: (optimizer: SGD) => Callback,
    compile: boolean = true,
    options: FitOptions = {},
  ): Promise<number[]> {
    const net = new Dense(2, 1);
    const optimizer = new SGD(net.parameters(), { lr: 0.1 });
    const seen: number[] = [];
    const listener: Callback = { onBatchEnd: (_batch, { lr }) => void seen.push(lr!) };
    const model = new Model(net).compile({ optimizer, loss: "mse" });
    const callbacks = [listener, make(optimizer)];
    await model.fit(x, y, { epochs: 3, batchSize: 4, verbose: 0, compile, ...options, callbacks });
    return seen;
  }

  it.each([true, false])("sets what a function says, per epoch or batch (compile: %s)", async (compile) => {
    expect(await rates(() => new LearningRateSchedule((epoch, lr) => (epoch === 0 ? lr : lr / 2)), compile)).toEqual([
      0.1, 0.1, 0.05, 0.05, 0.025, 0.025,
    ]);
    const seen: number[] = [];
    await rates(() => new LearningRateSchedule((step) => (seen.push(step), 0.01 * step), { per: "batch" }), compile);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("steps a schedule as one would by hand", async () => {
    const byHand = (steps: number): number[] => {
      const optimizer = new SGD([ones([1])], { lr: 0.1 });
      const schedule = new CosineAnnealingLR(optimizer, { tMax: 6 });
      return Array.from({ length: steps }, () => [optimizer.lr, schedule.step()][0]!);
    };
    const cosine = (per: "epoch" | "batch") => (optimizer: SGD) =>
      new LearningRateSchedule(new CosineAnnealingLR(optimizer, { tMax: 6 }), { per });
    expect(await rates(cosine("batch"))).toEqual(byHand(6));
    expect(await rates(cosine("epoch"))).toEqual(byHand(3).flatMap((lr) => [lr, lr]));
  });

  it("counts updates where several batches make one", async () => {
    const grouped: FitOptions = { epochs: 2, batchSize: 3, gradientAccumulation: 2 };
    const halving = (per: "batch" | "update") => () =>
      new LearningRateSchedule((step, lr) => (step === 0 ? lr : lr / 2), { per });
    // Batches of 3, 3 | 2 samples in each epoch.
    expect(await rates(halving("batch"), true, grouped)).toEqual([0.1, 0.05, 0.025, 0.0125, 0.00625, 0.003125]);
    expect(await rates(halving("update"), true, grouped)).toEqual([0.1, 0.1, 0.05, 0.025, 0.025, 0.0125]);
    expect(await rates(halving("update"))).toEqual(await rates(halving("batch")));
    const cosine = (optimizer: SGD): LearningRateSchedule =>
      new LearningRateSchedule(new CosineAnnealingLR(optimizer, { tMax: 4 }), { per: "update" });
    const [a, b, c, d] = [0, 1, 2, 3].map((step) => 0.05 * (1 + Math.cos((Math.PI * step) / 4)));
    const seen = await rates(cosine, true, grouped);
    [a, a, b, c, c, d].forEach((lr, i) => expect(seen[i]).toBeCloseTo(lr!, 12));
  });

  it.each([0, 1, 2, 4])("goes on in a group of batches that is not complete, after batch %i", async (at) => {
    const run = async (resume?: object): Promise<readonly [weights: unknown, states: object[], rates: number[]]> => {
      manualSeed(0);
      const net = new Dense(2, 1);
      const states: object[] = [];
      const seen: number[] = [];
      const schedule = new LearningRateSchedule((step, lr) => (step === 0 ? lr : lr / 2), { per: "update" });
      const saving: Callback = {
        onBatchEnd: (_b, { lr }, training) => void (seen.push(lr!), states.push(training.stateDict())),
      };
      const model = new Model(net).compile({ optimizer: (params) => new SGD(params, { lr: 0.1 }), loss: "mse" });
      await model.fit(x, y, {
        ...{ epochs: 2, batchSize: 3, gradientAccumulation: 2, seed: 1, verbose: 0, resume },
        callbacks: [saving, schedule],
      });
      return [net.parameters().map((p) => p.toArray()), states, seen];
    };
    const [weights, states, seen] = await run();
    expect(seen).toEqual([0.1, 0.1, 0.05, 0.025, 0.025, 0.0125]);
    const resumed = await run(JSON.parse(JSON.stringify(states[at])) as object);
    expect(resumed[0]).toEqual(weights);
    expect(resumed[2]).toEqual(seen.slice(at + 1));
  });

  it("makes a schedule of a name for the optimizer that trains, and goes on with it", async () => {
    const cosine = await rates((optimizer) => new LearningRateSchedule(new CosineAnnealingLR(optimizer, { tMax: 6 }), { per: "batch" })); // prettier-ignore
    for (const name of ["cosineAnnealingLR", "cosine_annealing_lr"]) {
      const make = (): LearningRateSchedule => new LearningRateSchedule(name, { per: "batch", options: { tMax: 6 } });
      expect(await rates(make)).toEqual(cosine);
    }
    const byName = new LearningRateSchedule("step_lr", { options: { stepSize: 2, gamma: 0.5 } });
    const model = new Model(new Dense(2, 1)).compile({ optimizer: "sgd", loss: "mse" });
    const fit = async (): Promise<unknown> =>
      (await model.fit(x, y, { epochs: 2, verbose: 0, callbacks: [byName] })).history["lr"];
    expect([await fit(), await fit()]).toEqual([[0.001, 0.001], [0.0005, 0.0005]]); // prettier-ignore
    // Another optimizer, another schedule.
    model.compile({ optimizer: "sgd", loss: "mse" });
    expect(await fit()).toEqual([0.001, 0.001]);
  });

  it("resumes a schedule per batch in the middle of an epoch exactly", async () => {
    const run = async (resume?: object): Promise<readonly [weights: unknown, states: object[]]> => {
      manualSeed(0);
      const net = new Dense(2, 1);
      const optimizer = new Adam(net.parameters(), { lr: 0.1 });
      const states: object[] = [];
      const schedule = new LearningRateSchedule(new OneCycleLR(optimizer, { maxLr: 0.2, totalSteps: 20 }), {
        per: "batch",
      });
      const saving: Callback = { onBatchEnd: (_b, _l, training) => void states.push(training.stateDict()) };
      const model = new Model(net).compile({ optimizer, loss: "mse" });
      await model.fit(randn([8, 2]), y, {
        epochs: 3,
        batchSize: 2,
        seed: 1,
        verbose: 0,
        callbacks: [schedule, saving],
        resume,
      });
      return [net.parameters().map((p) => p.toArray()), states];
    };
    const [weights, states] = await run();
    expect((await run(JSON.parse(JSON.stringify(states[5])) as object))[0]).toEqual(weights);
  });

  it("says what is wrong", async () => {
    await expect(rates(() => new LearningRateSchedule(() => -1))).rejects.toThrow(
      "LearningRateSchedule: expected the rate of step 0 ≥ 0, got -1.",
    );
    await expect(
      rates(() => new LearningRateSchedule(new CosineAnnealingLR(new SGD([ones([1])]), { tMax: 2 }))),
    ).rejects.toThrow("expected a schedule of the optimizer that trains");
    expect(() => new LearningRateSchedule(3 as never)).toThrow(
      "LearningRateSchedule: expected schedule to be a Schedule, its name or a function, got 3.",
    );
    expect(() => new LearningRateSchedule("stepLP")).toThrow(
      /^LearningRateSchedule: expected a Schedule, a function or one of stepLR, .*, got "stepLP"\. Did you mean "stepLR"\?$/,
    );
    expect(() => new LearningRateSchedule(() => 1, { options: { tMax: 2 } })).toThrow(
      "expected options with the name of a schedule only",
    );
    await expect(rates(() => new LearningRateSchedule("stepLR", { options: { tMax: 2 } }))).rejects.toThrow(
      'StepLR: expected options stepSize, gamma, got "tMax".',
    );
  });
});
