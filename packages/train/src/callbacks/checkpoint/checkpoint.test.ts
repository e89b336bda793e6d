import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeSafetensors, loadCheckpoint, loadSafetensors } from "@tapegrad/io";
import { BatchNorm, Dense, Dropout, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { FormatError, manualSeed, ones, randn, type Tensor } from "@tapegrad/tensor";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IdleTraining } from "../../../test/idle-training.ts";
import { Model } from "../../model/model.ts";
import type { Callback } from "../../training/callback.ts";
import { Checkpoint } from "./checkpoint.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
});
afterEach(() => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true });
});

const files = (): string[] => readdirSync(folder).toSorted();

/** Tells a callback of epochs with these losses. */
function epochs(callback: Callback, losses: readonly number[], dryRun: boolean = false): void {
  const training = new IdleTraining(new Dense(1, 1), dryRun);
  void callback.onTrainBegin?.(training);
  losses.forEach((valLoss, epoch) => {
    void callback.onEpochBegin?.(epoch, training);
    for (let batch = 0; batch < 4; batch++) void callback.onBatchEnd?.(batch, { loss: valLoss }, training);
    void callback.onEpochEnd?.(epoch, { loss: valLoss, valLoss }, training);
  });
}

describe("Checkpoint", () => {
  it("writes a file for each epoch, whose name tells epoch and figures", async () => {
    epochs(new Checkpoint(join(folder, "{epoch}-{val_loss}.safetensors")), [2, 1.25]);
    expect(files()).toEqual(["1-2.0000.safetensors", "2-1.2500.safetensors"]);
    const { net, metadata, ...others } = await loadCheckpoint(join(folder, "1-2.0000.safetensors"));
    expect([Object.keys(net as object).toSorted(), metadata, others]).toEqual([["bias", "weight"], {}, {}]);
    const names = Object.keys(decodeSafetensors(readFileSync(join(folder, "2-1.2500.safetensors"))).tensors);
    expect(names).toEqual(["net.bias", "net.weight"]);
  });

  it("writes every n-th epoch or batch", () => {
    epochs(new Checkpoint(join(folder, "{epoch}.safetensors"), { frequency: 2 }), [1, 1, 1, 1, 1]);
    expect(files()).toEqual(["2.safetensors", "4.safetensors"]);
    epochs(new Checkpoint(join(folder, "b", "{epoch}-{batch}.safetensors"), { frequency: 3, per: "batch" }), [1, 1]);
    expect(readdirSync(join(folder, "b")).toSorted()).toEqual(["1-3.safetensors", "2-2.safetensors"]);
  });

  it("tells the last batch of an epoch whose length nobody knows", async () => {
    async function* batches(): AsyncGenerator<[Tensor, Tensor]> {
      for (let i = 0; i < 3; i++) yield [ones([2, 1]), ones([2, 1])];
    }
    const stream = { [Symbol.asyncIterator]: batches };
    const model = new Model(new Dense(1, 1)).compile({ optimizer: "sgd", loss: "mse" });
    const checkpoint = new Checkpoint(join(folder, "{epoch}-{batch}.safetensors"));
    await model.fit(stream, { epochs: 2, verbose: 0, compile: false, callbacks: [checkpoint] });
    expect(files()).toEqual(["1-3.safetensors", "2-3.safetensors"]);
  });

  it("writes only the best, and weights alone, when asked to", async () => {
    const checkpoint = new Checkpoint(join(folder, "{epoch}.safetensors"), {
      saveBestOnly: true,
      saveWeightsOnly: true,
    });
    epochs(checkpoint, [3, 4, Number.NaN, 2, 2]);
    expect(files()).toEqual(["1.safetensors", "4.safetensors"]);
    expect(checkpoint.best).toBe(2);
    const { tensors, metadata } = await loadSafetensors(join(folder, "4.safetensors"));
    expect([Object.keys(tensors), Object.keys(metadata)]).toEqual([["bias", "weight"], []]);
    expect(new Dense(1, 1).loadStateDict(tensors)).toEqual({ missing: [], unexpected: [] });
    await expect(loadCheckpoint(join(folder, "4.safetensors"))).rejects.toThrow(FormatError);
  });

  it("writes nothing in a dry run, and says what is missing", () => {
    epochs(new Checkpoint(join(folder, "{epoch}.safetensors")), [1, 2], true);
    expect(files()).toEqual([]);
    expect(() => epochs(new Checkpoint(join(folder, "{valAcuracy}.safetensors")), [1], true)).toThrow(
      'Checkpoint: expected one of loss, valLoss, got "valAcuracy".',
    );
    expect(() => new Checkpoint(3 as never)).toThrow("Checkpoint: expected path to be a path, got 3.");
    expect(() => new Checkpoint("x", { per: "step" as never })).toThrow(
      "Checkpoint: expected per epoch or batch, got step.",
    );
    vi.stubGlobal("process", undefined);
    expect(() => epochs(new Checkpoint("x"), [1])).toThrow("Checkpoint: expected a machine with files");
  });

  it("goes on with the best figure and the count of another", () => {
    const first = new Checkpoint(join(folder, "{epoch}.safetensors"), { saveBestOnly: true, frequency: 2 });
    epochs(first, [3, 2, 1]);
    const state = JSON.parse(JSON.stringify(first.stateDict())) as ReturnType<typeof first.stateDict>;
    expect(state).toEqual({ best: 2, since: 1, epoch: 2, batch: 4 });
    const other = new Checkpoint(join(folder, "other.safetensors"), { saveBestOnly: true, frequency: 2 });
    other.loadStateDict(state);
    const training = new IdleTraining(new Dense(1, 1));
    other.onEpochEnd(3, { valLoss: 2.5 }, training);
    expect(files()).toEqual(["2.safetensors"]);
    expect(() => other.loadStateDict({ ...state, since: -1 })).toThrow(
      "Checkpoint.loadStateDict: expected since to be",
    );
  });

  it.each(["epoch", "batch"] as const)("resumes a training from its file exactly, per %s", async (per) => {
    manualSeed(0);
    const [x, y] = [randn([48, 3]), randn([48, 1])];
    const train = async (name: string, resume?: object): Promise<readonly unknown[]> => {
      manualSeed(2);
      const net = new Sequential(new Dense(3, 8), new BatchNorm(8), new Dropout(0.2), new Dense(8, 1));
      const model = new Model(net).compile({ optimizer: (params) => new Adam(params), loss: "mse" });
      const checkpoint = new Checkpoint(join(folder, `${name}-{epoch}-{batch}.safetensors`), {
        per,
        frequency: per === "epoch" ? 2 : 4,
      });
      const history = await model.fit(x, y, {
        ...{ epochs: 4, batchSize: 8, seed: 3, verbose: 0, validationSplit: 0.25, callbacks: [checkpoint], resume },
      });
      return [history.history, [...net.parameters(), ...net.buffers()].map((tensor) => tensor.toArray())];
    };
    const whole = await train("whole");
    const [first] = files();
    const resumed = await train("resumed", await loadCheckpoint(join(folder, first!)));
    expect(resumed).toEqual(whole);
  });
});
