import { DataLoader, TensorDataset } from "@tapegrad/data";
import { type BatchNorm, Dense, functional, Sequential } from "@tapegrad/nn";
import { Adam, clipGradNorm, SGD } from "@tapegrad/optim";
import { manualSeed, ones, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import type { FitOptions } from "../../src/model/fit-options.ts";
import { MeanMetric } from "../../src/metrics/means/mean-metric.ts";
import { Model } from "../../src/model/model.ts";
import { classified, expectNear, type Float, quiet, smallModel, smallNet, weightsOf } from "./small-training.ts";

/** What `fit` does, written by hand; returns the mean loss of each epoch. */
function byHand(net: Sequential, [x, y]: readonly [Tensor, Tensor], epochs: number, clipNorm?: number): number[] {
  const optimizer = new Adam(net.parameters(), { lr: 0.01 });
  const loader = new DataLoader(new TensorDataset(x, y), { batchSize: 8, shuffle: true, seed: 3 });
  return Array.from({ length: epochs }, () => {
    let [total, samples] = [0, 0];
    for (const [xb, yb] of loader) {
      optimizer.zeroGrad();
      const loss = functional.crossEntropy(net.forward(xb), yb);
      loss.backward();
      if (clipNorm !== undefined) clipGradNorm(net.parameters(), clipNorm);
      optimizer.step();
      total += loss.item() * yb.size;
      samples += yb.size;
    }
    return total / samples;
  });
}

describe("fit", () => {
  it.each<[Float, number | undefined]>([
    ["float32", undefined],
    ["float64", undefined],
    ["float32", 0.1],
  ])("does what a loop by hand does, bit for bit, in %s with clipNorm %s", async (dtype, clipNorm) => {
    const data = classified(50, dtype); // 6 batches of 8 and one of 2
    const net = smallNet(dtype);
    const losses = byHand(net, data, 3, clipNorm);
    const model = smallModel(dtype);
    const history = await model.fit(...data, { ...quiet, epochs: 3, compile: false, clipNorm });
    expect(history.loss).toEqual(losses);
    expect(weightsOf(model)).toEqual(weightsOf({ net }));
  });

  it.each<[Float, number]>([
    ["float32", 1e-5],
    ["float64", 1e-10],
  ])("gives one history compiled and eager, with all that may be asked for, in %s", async (dtype, tolerance) => {
    const [x, y] = classified(60, dtype);
    const options: FitOptions = {
      ...quiet,
      epochs: 3,
      validationSplit: 0.2,
      classWeight: { 0: 2 },
      sampleWeight: Array.from({ length: 60 }, (_, i) => 1 + (i % 3)),
      clipNorm: 1,
      gradientAccumulation: 2,
    };
    const histories = [];
    for (const compile of [false, true]) {
      const model = smallModel(dtype, 0.25);
      manualSeed(9);
      histories.push(await model.fit(x, y, { ...options, compile }));
    }
    expect(Object.keys(histories[0]!.history)).toEqual(["loss", "accuracy", "lr", "valLoss", "valAccuracy"]);
    expectNear(histories[1]!, histories[0]!, tolerance);
  });

  it("learns, whatever gives the batches", async () => {
    const [x, y] = classified(64);
    const loader = new DataLoader(new TensorDataset(x, y), { batchSize: 8, shuffle: true, seed: 3 });
    async function* stream(): AsyncGenerator<[Tensor, Tensor]> {
      for (const [xb, yb] of loader) yield await Promise.resolve([xb, yb] as [Tensor, Tensor]);
    }
    const inMemory = await smallModel().fit(x, y, { ...quiet, epochs: 2 });
    const other = new DataLoader(new TensorDataset(x, y), { batchSize: 8, shuffle: true, seed: 3 });
    const loaded = await smallModel().fit(other, { verbose: 0, epochs: 2 });
    const streamed = await smallModel().fit({ [Symbol.asyncIterator]: stream }, { verbose: 0, epochs: 2 });
    expect(loaded.history).toEqual(inMemory.history);
    expect(streamed.history).toEqual(inMemory.history);
    const learnt = await smallModel().fit(x, y, { ...quiet, epochs: 25, validationData: [x, y] });
    expect(learnt.history["valAccuracy"]!.at(-1)).toBeGreaterThan(0.9);
  });

  it("keeps the last part for validation, before shuffling", async () => {
    const x = tensor([[1], [1], [1], [1], [1], [1], [1], [5], [5], [5]]);
    const model = new Model(new Dense(1, 1, { init: "ones", bias: false })).compile({
      optimizer: (params) => new SGD(params, { lr: 0 }),
      loss: "mse",
    });
    const { history } = await model.fit(x, zeros([10, 1]), { verbose: 0, validationSplit: 0.3, batchSize: 4 });
    expect(history).toEqual({ loss: [1], lr: [0], valLoss: [25] });
  });

  it("validates in evaluation mode, and leaves modes, statistics and gradients alone", async () => {
    const [x, y] = classified(40);
    const model = smallModel();
    const norm = [...(model.net as Sequential)][1] as BatchNorm;
    norm.eval(); // a part that is not to learn stays so
    const before = weightsOf(model);
    const { history } = await model.fit(x, y, { ...quiet, validationData: [x, y] });
    const evaluated = await model.evaluate(x, y);
    expect(history["valLoss"]![0]).toBeCloseTo(evaluated["loss"]!, 6);
    expect(weightsOf(model)["1.running_mean"]).toEqual(before["1.running_mean"]);
    expect(weightsOf(model)["0.weight"]).not.toEqual(before["0.weight"]);
    expect([model.net.training, norm.training]).toEqual([true, false]);
    const eager = functional.crossEntropy(model.net.eval().forward(x), y).item();
    expect(evaluated["loss"]).toBeCloseTo(eager, 5);
    await model.fit(x, y, quiet); // all is in evaluation mode now
    expect(model.net.training).toBe(false);
    expect(weightsOf(model)["1.running_mean"]).not.toEqual(before["1.running_mean"]);
  });

  it.each([true, false])("accumulates gradients to those of the larger batch (compiled: %s)", async (compile) => {
    const x = randn([22, 4], { dtype: "float64" });
    const y = randn([22, 2], { dtype: "float64" });
    const train = async (options: FitOptions): Promise<unknown> => {
      manualSeed(2);
      const model = new Model(new Dense(4, 2, { dtype: "float64" })).compile({
        optimizer: (params) => new SGD(params, { lr: 0.1 }),
        loss: "mse",
      });
      await model.fit(x, y, { verbose: 0, shuffle: false, epochs: 2, compile, clipNorm: 0.5, ...options });
      return model.net.parameters().map((parameter) => [...parameter.data]);
    };
    // 5 + 5 + 5, then 5 + 2: a group that is not full, with a smaller batch in it.
    const [grouped, large] = [
      await train({ batchSize: 5, gradientAccumulation: 3 }),
      await train({ batchSize: 15 }),
    ] as [number[][], number[][]];
    large.forEach((values, i) => values.forEach((value, j) => expect(grouped[i]![j]).toBeCloseTo(value, 12)));
  });

  it("learns the first batches by heart", async () => {
    const seen: number[][] = [];
    const model = new Model(new Dense(1, 1)).compile({
      optimizer: "sgd",
      loss: (p, t) => {
        seen.push([...t.data]);
        return p.sub(t).square().mean();
      },
    });
    const x = tensor([[0], [1], [2], [3], [4], [5]]);
    await model.fit(x, x, { verbose: 0, batchSize: 2, epochs: 2, overfitBatches: 2, compile: false });
    expect(seen).toEqual([[0, 1], [2, 3], [0, 1], [2, 3]]); // prettier-ignore
  });

  it("ends epochs after stepsPerEpoch, and reads on in the next", async () => {
    const seen: number[] = [];
    const batches = [0, 1, 2, 3, 4].map((value): [Tensor, Tensor] => [zeros([1, 1]), zeros([1, 1]).add(value)]);
    const model = new Model(new Dense(1, 1)).compile({
      optimizer: "sgd",
      loss: (p, t) => {
        seen.push(t.item());
        return p.sub(t).square().mean();
      },
    });
    const history = await model.fit(batches, { verbose: 0, epochs: 4, stepsPerEpoch: 2, compile: false });
    expect(seen).toEqual([0, 1, 2, 3, 4, 0, 1, 2]);
    expect(history.epoch).toEqual([0, 1, 2, 3]);
  });

  it("tries one batch of everything", async () => {
    const [x, y] = classified(40);
    const told: unknown[] = [];
    const model = smallModel();
    const history = await model.fit(x, y, {
      ...quiet,
      epochs: 9,
      validationSplit: 0.5,
      dryRun: true,
      callbacks: [
        { onTrainBegin: ({ dryRun, epochs, steps }) => void told.push({ dryRun, epochs, steps }) },
        { onBatchEnd: (batch) => void told.push(batch), onEpochEnd: (epoch) => void told.push(`epoch ${epoch}`) },
      ],
    });
    expect(told).toEqual([{ dryRun: true, epochs: 1, steps: 1 }, 0, "epoch 0"]);
    expect([history.epoch, history.history["valLoss"]!.length]).toEqual([[0], 1]);
  });

  it("counts epochs from initialEpoch", async () => {
    const history = await smallModel().fit(...classified(8), { ...quiet, initialEpoch: 3, epochs: 5 });
    expect(history.epoch).toEqual([3, 4]);
  });
});

describe("weights", () => {
  const model = (): Model =>
    new Model(new Dense(1, 1, { init: "ones", bias: false })).compile({
      optimizer: (params) => new SGD(params, { lr: 0 }),
      loss: "mse",
    });
  const x = tensor([[1], [2], [3]]);

  it("of samples are multiplied into their losses, whose sum N divides", async () => {
    const options = { verbose: 0, sampleWeight: [1, 2, 3] } as const;
    expect((await model().fit(x, zeros([3, 1]), options)).loss).toEqual([(1 + 2 * 4 + 3 * 9) / 3]);
    const weighted = [[x, zeros([3, 1]), tensor([1, 2, 3])]] as const;
    expect((await model().fit(weighted, { verbose: 0 })).loss).toEqual([12]);
    expect((await model().evaluate(x, zeros([3, 1]), { sampleWeight: tensor([1, 2, 3]) }))["loss"]).toBe(12);
  });

  it("of classes are those of their samples, and 1 for a class that is not named", async () => {
    const y = tensor([[1], [0], [1]]);
    const figures = model().trainOnBatch(x, y, { classWeight: { 1: 3 } });
    expect(figures["loss"]).toBeCloseTo((0 + 4 + 3 * 4) / 3, 6);
    const both = model().testOnBatch(x, y, { classWeight: [1, 3], sampleWeight: [1, 10, 1] });
    expect(both["loss"]).toBeCloseTo((0 + 40 + 3 * 4) / 3, 5);
    const oneHot = new Model(new Dense(1, 2, { init: "zeros", bias: false })).compile({
      optimizer: "sgd",
      loss: "crossEntropy",
    });
    const hot = tensor([[1, 0], [0, 1], [0, 1]]); // prettier-ignore
    const { loss } = oneHot.testOnBatch(x, hot, { classWeight: { 1: 4 } });
    expect(loss).toBeCloseTo((Math.log(2) * 9) / 3, 6);
  });

  it.each([true, false])("count in weightedMetrics, and not in metrics (compile: %s)", async (compile) => {
    const measured = (): Model =>
      new Model(new Dense(1, 1, { init: "ones", bias: false })).compile({
        optimizer: (params) => new SGD(params, { lr: 0 }),
        loss: "mse",
        metrics: ["mae"],
        weightedMetrics: ["mae", "mse", new MeanMetric((p, t) => p.sub(t).squeeze(1), { name: "bias" })],
      });
    expect(measured().metrics.map(({ name }) => name)).toEqual(["meanAbsoluteError", "meanAbsoluteError", "meanSquaredError", "bias"]); // prettier-ignore
    const y = tensor([[0], [0], [1]]);
    // Errors 1, 2 and 2; weights 1, 2 and 3·4 in batches of two and one.
    const options = { verbose: 0, sampleWeight: [1, 2, 3], classWeight: { 1: 4 }, batchSize: 2, shuffle: false, compile } as const; // prettier-ignore
    const { history } = await measured().fit(x, y, options);
    const weighted = { weightedMeanAbsoluteError: 29 / 15, meanSquaredError: 57 / 15, bias: 29 / 15 };
    expect(history["meanAbsoluteError"]).toEqual([5 / 3]);
    for (const [name, value] of Object.entries(weighted)) expect(history[name]![0], name).toBeCloseTo(value, 12);
    // Without weights all count alike.
    const alike = await measured().evaluate(x, y, { compile });
    expect(alike["weightedMeanAbsoluteError"]).toBe(alike["meanAbsoluteError"]);
    expect(alike["meanSquaredError"]).toBe(3);
    const evaluated = await measured().evaluate(x, y, { sampleWeight: [1, 0, 1], compile });
    expect([evaluated["meanAbsoluteError"], evaluated["weightedMeanAbsoluteError"]]).toEqual([5 / 3, 1.5]);
  });
});

describe("predict", () => {
  it("goes batch by batch, in evaluation mode, outside the graph", async () => {
    const [x] = classified(21);
    const model = smallModel();
    const want = model.net.eval().forward(x);
    model.net.train();
    for (const options of [{}, { batchSize: 8 }, { batchSize: 8, compile: false }]) {
      const got = await model.predict(x, options);
      expect([got.shape, got.requiresGrad, got.dtype]).toEqual([[21, 3], false, "float32"]);
      got.data.forEach((value, i) => expect(value).toBeCloseTo(want.data[i]!, 5));
    }
    expect(model.net.training).toBe(true);
  });

  it("works without compile, for nets of several inputs too", async () => {
    const dense = new Dense(2, 1, { init: "ones", bias: false });
    class Two extends Sequential {
      override forward(...[a, b]: Tensor[]): Tensor {
        return super.forward(a!.add(b!));
      }
    }
    const model = new Model(new Two(dense));
    expect((await model.predict([ones([3, 2]), ones([3, 2])])).toArray()).toEqual([[4], [4], [4]]);
    model.compile({ optimizer: "sgd", loss: "mse" });
    const history = await model.fit([ones([3, 2]), ones([3, 2])], zeros([3, 1]), { verbose: 0, batchSize: 2 });
    expect(history.loss).toHaveLength(1);
  });
});

it("add builds the net before compile", () => {
  const model = new Model().add(new Dense(2, 3)).add(new Dense(3, 1));
  model.compile({ optimizer: "adam", loss: "mse" });
  expect(model.optimizer!.groups[0]!.params).toHaveLength(4);
  expect(() => model.add(new Dense(1, 1))).toThrow("Model.add: expected a call before compile");
  expect(() => new Model(new Dense(1, 1)).add(new Dense(1, 1))).toThrow("expected a net that is a Sequential");
});
