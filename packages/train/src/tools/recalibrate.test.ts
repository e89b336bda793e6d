import { DataLoader, TensorDataset } from "@tapegrad/data";
import { BatchNorm, Dense, Dropout, Sequential } from "@tapegrad/nn";
import { defaultGenerator, manualSeed, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { recalibrate } from "./recalibrate.ts";

const tracked = (norm: BatchNorm): unknown[] => [norm.runningMean, norm.runningVar].map((t) => (t as Tensor).toArray());

describe("recalibrate", () => {
  it("averages the statistics of all batches, whatever the momentum", async () => {
    manualSeed(0);
    const x = randn([12, 3], { dtype: "float64" }).mul(2).add(1);
    const norm = new BatchNorm(3, { momentum: 0.3, dtype: "float64" });
    norm.forward(x.mul(100));
    await recalibrate(norm, new DataLoader(new TensorDataset(x, x), { batchSize: 4 }));
    const batches = [0, 4, 8].map((start) => x.slice([start, start + 4]));
    const average = (of: (batch: Tensor) => Tensor): number[] =>
      batches.map(of).reduce((sum, value) => sum.add(value)).div(3).toArray() as number[]; // prettier-ignore
    average((batch) => batch.mean({ axis: 0 })).forEach((mean, i) =>
      expect(norm.runningMean!.data[i]).toBeCloseTo(mean, 12),
    );
    average((batch) => batch.variance({ axis: 0, correction: 1 })).forEach((variance, i) =>
      expect(norm.runningVar!.data[i]).toBeCloseTo(variance, 12),
    );
    expect(norm.numBatchesTracked!.item()).toBe(3);
    expect(norm.momentum).toBe(0.3);
  });

  it("leaves weights, modes, momentum and generators as they were", async () => {
    manualSeed(3);
    const net = new Sequential(
      new Dense(2, 4),
      new BatchNorm(4),
      new Dropout(0.5),
      new BatchNorm(4, { momentum: null }),
    ).eval();
    net.children()[1]!.train();
    const drawn = defaultGenerator().stateDict();
    const weights = net.parameters().map((p) => p.toArray());
    async function* stream(): AsyncGenerator<Tensor> {
      yield randn([8, 2]);
    }
    await recalibrate(net, stream());
    expect(net.modules().map(({ training }) => training)).toEqual([false, false, true, false, false]);
    expect(net.children().map((module) => (module as unknown as BatchNorm).momentum)).toEqual([
      undefined,
      0.1,
      undefined,
      null,
    ]);
    expect(net.parameters().map((p) => p.toArray())).toEqual(weights);
    expect(defaultGenerator().stateDict()).toEqual(drawn);
    expect(tracked(net.children()[1] as unknown as BatchNorm)[0]).not.toEqual([0, 0, 0, 0]);
  });

  it("keeps the statistics where it fails, and reads nothing without BatchNorm", async () => {
    const norm = new BatchNorm(2);
    norm.forward(randn([4, 2]));
    const before = tracked(norm);
    await expect(recalibrate(norm, [])).rejects.toThrow("recalibrate: expected at least one batch, got none.");
    await expect(recalibrate(norm, [randn([4, 2]), "x"])).rejects.toThrow(
      "recalibrate: expected batches x or [x, ...] of tensors",
    );
    await expect(recalibrate(norm, [randn([4, 3])])).rejects.toThrow("[4, 3]");
    await expect(recalibrate(norm, 3 as never)).rejects.toThrow("recalibrate: expected loader to be an iterable");
    expect(tracked(norm)).toEqual(before);
    expect(norm.momentum).toBe(0.1);
    await recalibrate(new Dense(2, 2), ["never read"]);
  });
});
