import { BatchNorm, Dense, ReLU, Sequential } from "@tapegrad/nn";
import { SGD } from "@tapegrad/optim";
import { manualSeed, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it, vi } from "vitest";
import type { Callback, Logs } from "../../src/training/callback.ts";
import { Model } from "../../src/model/model.ts";
import { classified, expectNear, quiet, smallModel, weightsOf } from "./small-training.ts";

const [x, y] = classified(20); // 3 batches

/** Notes each call; some may throw or be late. */
function noting(name: string, told: string[], special: Partial<Callback> = {}): Callback {
  const note = (what: string) => (): void => void told.push(`${name} ${what}`);
  return {
    onTrainBegin: note("train begin"),
    onTrainEnd: note("train end"),
    onEpochBegin: (epoch) => note(`epoch ${epoch} begin`)(),
    onEpochEnd: (epoch) => note(`epoch ${epoch} end`)(),
    onBatchBegin: (batch) => note(`batch ${batch} begin`)(),
    onBatchEnd: (batch) => note(`batch ${batch} end`)(),
    ...special,
  };
}

describe("callbacks", () => {
  it("are called in the order of their list, and waited for", async () => {
    const told: string[] = [];
    const late: Partial<Callback> = {
      async onBatchEnd(batch) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        told.push(`late batch ${batch} end`);
      },
    };
    const callbacks = [noting("a", told, late), noting("b", told)];
    await smallModel().fit(x, y, { ...quiet, callbacks });
    const batches = [0, 1, 2].flatMap((i) => [
      `a batch ${i} begin`,
      `b batch ${i} begin`,
      `late batch ${i} end`,
      `b batch ${i} end`,
    ]);
    const around = (what: string): string[] => [`a ${what}`, `b ${what}`];
    expect(told).toEqual([
      ...around("train begin"),
      ...around("epoch 0 begin"),
      ...batches,
      ...around("epoch 0 end"),
      ...around("train end"),
    ]);
  });

  it.each([
    ["onTrainBegin", ["a train end"]],
    ["onEpochBegin", ["a train end", "b train end", "c train end"]],
    ["onBatchBegin", ["a train end", "b train end", "c train end"]],
    ["onBatchEnd", ["a train end", "b train end", "c train end"]],
    ["onEpochEnd", ["a train end", "b train end", "c train end"]],
    ["onTrainEnd", ["a train end", "c train end"]],
  ] as const)("that throw in %s end the training of all that had begun", async (hook, ends) => {
    const told: string[] = [];
    const broken: Partial<Callback> = {
      [hook]: () => {
        throw new RangeError("broken");
      },
    };
    const callbacks = [noting("a", told), noting("b", told, broken), noting("c", told)];
    const model = smallModel();
    await expect(model.fit(x, y, { ...quiet, callbacks })).rejects.toThrow(new RangeError("broken"));
    expect(told.filter((line) => line.endsWith("train end"))).toEqual(ends);
    if (hook === "onBatchBegin") expect(told.at(-4)).toBe("a batch 0 begin"); // c is not told
    expect((await model.fit(x, y, quiet)).epoch).toEqual([0]); // the model goes on
  });

  it("that throw again at the end do not hide what was first", async () => {
    const fail = (message: string) => (): never => {
      throw new RangeError(message);
    };
    const callbacks = [{ onTrainEnd: fail("second") }, { onEpochEnd: fail("first") }];
    await expect(smallModel().fit(x, y, { ...quiet, callbacks })).rejects.toThrow("first");
  });

  it("see figures that are read when they are looked at", async () => {
    const seen: Logs[] = [];
    const kept: Logs[] = [];
    await smallModel().fit(x, y, {
      ...quiet,
      callbacks: [
        {
          onBatchEnd: (_batch, logs) => {
            seen.push({ ...logs });
            kept.push(logs);
          },
          onEpochEnd: (_epoch, logs) => void seen.push(logs),
        },
      ],
    });
    expect(Object.keys(seen[0]!)).toEqual(["loss", "accuracy", "lr"]);
    expect(kept[0]!["loss"]).toBe(kept[2]!["loss"]); // read late
    expect(seen[2]).toEqual(seen[3]);
    expect(seen[0]!["loss"]).not.toEqual(seen[1]!["loss"]);
  });

  it("may evaluate in the middle of an epoch, whose figures go on", async () => {
    const options = { ...quiet, epochs: 2 };
    const want = await smallModel().fit(x, y, options);
    const model = smallModel();
    const callbacks: Callback[] = [{ onBatchEnd: async () => void (await model.evaluate(x, y)) }];
    expect((await model.fit(x, y, { ...options, callbacks })).history).toEqual(want.history);
  });

  it("may not evaluate twice at a time, whose figures would run into each other", async () => {
    const model = smallModel();
    const first = model.evaluate(x, y);
    await expect(model.evaluate(x, y)).rejects.toThrow("Model.evaluate: expected one evaluation at a time");
    expect(await model.evaluate(x, y).catch(() => first)).toEqual(await first);
    expect(await model.evaluate(x, y)).toEqual(await first);
  });

  it("may not be left to evaluate while the training goes on", async () => {
    const model = smallModel();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    async function* slowly(): AsyncGenerator<[Tensor, Tensor]> {
      await released;
      yield [x, y];
    }
    let evaluation: Promise<unknown> | undefined;
    const callbacks: Callback[] = [{ onBatchEnd: () => void (evaluation ??= model.evaluate(slowly())) }];
    await expect(model.fit(x, y, { ...quiet, callbacks })).rejects.toThrow(
      "Model.fit: expected one evaluation at a time, got a call during another. Await each.",
    );
    release();
    await evaluation;
    const other = smallModel();
    const running = other.evaluate(x, y);
    expect(() => other.trainOnBatch(x, y)).toThrow("Model.trainOnBatch: expected one evaluation at a time");
    expect(await running).toEqual(await smallModel().evaluate(x, y));
  });

  it("is told the loss that training minimises when it reruns a batch, regularisers included", async () => {
    const net = new Dense(4, 3, { kernelRegularizer: (weight) => weight.square().sum().mul(100) });
    const model = new Model(net).compile({ optimizer: "sgd", loss: "crossEntropy" });
    const rerun: number[] = [];
    const tested: number[] = [];
    const onBatchEnd: Callback["onBatchEnd"] = (_batch, _logs, training) => {
      rerun.push(training.rerun().item());
      tested.push(model.testOnBatch(x, y, { compile: false })["loss"]!);
    };
    await model.fit(x, y, { ...quiet, batchSize: 20, shuffle: false, callbacks: [{ onBatchEnd }] });
    expect(rerun).toEqual(tested);
    expect(rerun[0]!).toBeGreaterThan(net.weight.square().sum().item() * 100);
  });

  it("may not begin another training of the model", async () => {
    const model = smallModel();
    const callbacks: Callback[] = [{ onBatchEnd: async () => void (await model.fit(x, y, quiet)) }];
    await expect(model.fit(x, y, { ...quiet, callbacks })).rejects.toThrow(
      "Model.fit: expected one training at a time, got a call during another.",
    );
  });

  it("may change rates, frozen parts, modes and settings: compiled as eager", async () => {
    const train = async (compile: boolean): Promise<{ model: Model; history: Awaited<ReturnType<Model["fit"]>> }> => {
      manualSeed(1);
      const norm = new BatchNorm(8);
      const last = new Dense(8, 3);
      const optimizer: { sgd?: SGD } = {};
      const model = new Model(new Sequential(new Dense(4, 8, { bias: false }), norm, new ReLU(), last)).compile({
        optimizer: (params) => (optimizer.sgd = new SGD(params, { lr: 0.1, momentum: 0.5 })),
        loss: "crossEntropy",
        metrics: ["accuracy"],
      });
      const changes: Callback = {
        onBatchEnd: (batch, _logs, training) => {
          if (batch === 0) training.optimizer.lr = 0.05 / (1 + training.history.epoch.length);
          if (batch === 1 && training.history.epoch.length === 1) last.requiresGrad_(false);
        },
        onEpochEnd: (epoch) => {
          if (epoch === 1) norm.eval();
          if (epoch === 2) [norm.momentum, optimizer.sgd!.groups[0]!.settings.weightDecay] = [0.5, 0.1];
          if (epoch === 3) {
            last.requiresGrad_(true);
            norm.train();
          }
        },
      };
      const options = { ...quiet, epochs: 5, compile, callbacks: [changes] };
      await model.fit(x, y, options);
      optimizer.sgd!.lr = 0.2; // between two calls
      const history = await model.fit(x, y, {
        ...options,
        clipNorm: 0.1,
        epochs: 2,
        callbacks: [],
        validationData: [x, y],
      });
      return { model, history };
    };
    const [eager, compiled] = [await train(false), await train(true)];
    expectNear(compiled.history, eager.history, 1e-5);
    const [want, got] = [weightsOf(eager.model), weightsOf(compiled.model)];
    expect(Object.keys(got)).toEqual(Object.keys(want));
  });

  it("are told of nothing by verbose: 0, and a line for each epoch is printed by 2", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await smallModel().fit(x, y, quiet);
    expect(log).not.toHaveBeenCalled();
    await smallModel().fit(x, y, { ...quiet, verbose: 2, epochs: 2 });
    expect(log.mock.calls.map(([line]) => String(line))).toEqual([
      expect.stringMatching(/^Epoch 1\/2: loss \d\.\d+, accuracy 0\.\d+, lr 0\.01$/),
      expect.stringMatching(/^Epoch 2\/2: /),
    ]);
    log.mockRestore();
  });
});
