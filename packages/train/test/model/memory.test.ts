import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Tensor } from "@tapegrad/tensor";
import { expect, it } from "vitest";
import type { Callback, Training } from "../../src/training/callback.ts";
import { EarlyStopping } from "../../src/callbacks/early-stopping.ts";
import { classified, quiet, smallModel } from "./small-training.ts";

// FIT_STEPS=100000 for the whole measurement.
const steps = Number(process.env["FIT_STEPS"] ?? 5000);
/** Bytes in each step that are a leak. */
const leak = 64;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

async function live(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    collect();
    await sleep(10);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

it(`keeps the memory level over ${steps} steps of fit with callbacks`, async () => {
  const [x, y] = classified(1000);
  let [sum, timers] = [0, 0];
  const reading: Callback = { onBatchEnd: (batch, logs) => void (sum += batch % 10 === 0 ? logs["loss"]! : 0) };
  const marks: number[] = [];
  const measuring: Callback = { onEpochEnd: async () => void marks.push(await live()) };
  const timer = setInterval(() => timers++, 5);
  const epochs = 5;
  await smallModel("float32", 0.1).fit(x, y, {
    ...quiet,
    batchSize: 4,
    epochs,
    stepsPerEpoch: steps / epochs,
    callbacks: [reading, measuring, new EarlyStopping({ monitor: "loss", patience: 99 })],
    validationData: [x, y],
  });
  clearInterval(timer);
  expect(sum).toBeGreaterThan(0);
  expect(timers).toBeGreaterThan(5); // timers have their turn while it computes
  // The first epoch builds plans.
  const growth = (marks.at(-1)! - marks[1]!) / ((steps * (epochs - 2)) / epochs);
  expect(growth).toBeLessThan(leak);
}, 600_000);

it("keeps no batch of a training that is over, though a callback keeps the training", async () => {
  let last: WeakRef<Tensor> | undefined;
  function* batches(): Generator<[Tensor, Tensor]> {
    for (let i = 0; i < 3; i++) {
      const [x, y] = classified(8);
      last = new WeakRef(x);
      yield [x, y];
    }
  }
  let kept: Training | undefined;
  const keeping: Callback = { onTrainEnd: (training) => void ((kept = training), training.rerun()) };
  await smallModel().fit(batches(), { verbose: 0, callbacks: [keeping] });
  await live();
  expect(last!.deref()).toBeUndefined();
  expect(() => kept!.rerun()).toThrow("Training.rerun: expected a batch before, got none.");
});
