import { Dense } from "@tapegrad/nn";
import { ones } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import type { FitOptions } from "../model/fit-options.ts";
import { Model } from "../model/model.ts";
import type { ProgressState } from "../progress/progress-state.ts";
import type { Callback, Logs } from "../training/callback.ts";
import { IdleTraining } from "../../test/idle-training.ts";
import { ProgressBar } from "./progress-bar.ts";

describe("ProgressBar", () => {
  it("shows each epoch with its figures, at the end those of the validation", async () => {
    const states: ProgressState[] = [];
    const bar = new ProgressBar({ interval: 0, show: (state) => states.push(state) });
    const model = new Model(new Dense(2, 1)).compile({ optimizer: "sgd", loss: "mse" });
    const history = await model.fit(ones([10, 2]), ones([10, 1]), {
      ...{ epochs: 2, batchSize: 3, validationSplit: 0.2, verbose: 0, callbacks: [bar] },
    });
    expect(states.map(({ description, done, total, isOver }) => [description, done, total, isOver])).toEqual(
      [1, 2].flatMap((epoch) => [
        ...[1, 2, 3].map((done) => [`Epoch ${epoch}/2`, done, 3, false]),
        [`Epoch ${epoch}/2`, 3, 3, true],
      ]),
    );
    expect(states[3]!.metrics).toEqual({
      loss: history.loss[0],
      lr: 0.001,
      valLoss: history.history["valLoss"]![0],
    });
    expect(Object.keys(states[0]!.metrics)).toEqual(["loss", "lr"]);
  });

  it("goes on in the middle of an epoch, with the number of the epoch and of its batches", async () => {
    const run = async (options: FitOptions): Promise<[shown: unknown[], states: object[]]> => {
      const shown: unknown[] = [];
      const states: object[] = [];
      const bar = new ProgressBar({ interval: 0, show: (s) => shown.push([s.description, s.done, s.isOver]) });
      const saving: Callback = { onBatchEnd: (_b, _l, training) => void states.push(training.stateDict()) };
      const model = new Model(new Dense(2, 1)).compile({ optimizer: "sgd", loss: "mse" });
      const callbacks = [saving, bar];
      await model.fit(ones([9, 2]), ones([9, 1]), { batchSize: 3, verbose: 0, seed: 1, ...options, callbacks });
      return [shown, states];
    };
    const [shown, states] = await run({ epochs: 6, initialEpoch: 4 });
    expect(shown.map(String)).toEqual([5, 6].flatMap((e) => ["1,false", "2,false", "3,false", "3,true"].map((s) => `Epoch ${e}/6,${s}`))); // prettier-ignore
    // Taken in the second batch of the second epoch, before the bar has heard of it.
    expect(await run({ epochs: 6, resume: states[4]! })).toMatchObject([shown.slice(5), [states[5]]]);
  });

  it("reads figures only when it draws", () => {
    let reads = 0;
    const logs: Logs = {
      get loss(): number {
        reads++;
        return 0.5;
      },
    };
    const training = new IdleTraining(new Dense(1, 1));
    const bar = new ProgressBar({ interval: 1e6, show: () => undefined });
    bar.onEpochBegin(0, training);
    for (let batch = 0; batch < 4; batch++) bar.onBatchEnd(batch, logs, training);
    expect(reads).toBe(0);
    bar.onEpochEnd(0, logs);
    expect(reads).toBe(1);
  });

  it("ends its line when a training fails", async () => {
    let text = "";
    const stream = { write: (part: string) => (text += part) };
    const model = new Model(new Dense(2, 1)).compile({ optimizer: "sgd", loss: "mse" });
    let batches = 0;
    const failing: Callback = {
      onBatchEnd: () => {
        if (++batches === 2) throw new Error("no");
      },
    };
    const bar = new ProgressBar({ stream });
    await expect(
      model.fit(ones([9, 2]), ones([9, 1]), { batchSize: 3, verbose: 0, callbacks: [bar, failing] }),
    ).rejects.toThrow("no");
    expect(text).toMatch(/^Epoch 1\/1: {2}66%\|.* 2\/3 \[00:00, .* batch\/s, loss [\d.]+, lr 0\.001\]\n$/);
  });
});
