import { DataLoader, TensorDataset } from "@tapegrad/data";
import { BCELoss, Dense } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { DTypeError, ones, ShapeError, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import type { FitOptions } from "../../src/model/fit-options.ts";
import { Model } from "../../src/model/model.ts";
import type { CompileSettings } from "../../src/model/settings.ts";
import { classified, quiet, smallModel, weightsOf } from "./small-training.ts";

const [x, y] = classified(20);
const labels = y.data;

describe("NaN in the data", () => {
  const broken = (place: number): Tensor => tensor(x.data.with(place, Number.NaN), { shape: [20, 4] });

  it.each([true, false])(
    "names batch, row and column (compiled: %s), and changes nothing of that batch",
    async (compile) => {
      const model = smallModel();
      const options = { ...quiet, shuffle: false, compile };
      await expect(model.fit(broken(42), y, options)).rejects.toThrow(
        new ValueError("Model.fit: expected data without NaN, got NaN in x of batch 1 of epoch 0, row 2, column 2."),
      );
      const fresh = smallModel();
      const before = weightsOf(fresh);
      await expect(fresh.fit(broken(3), y, options)).rejects.toThrow("batch 0 of epoch 0, row 0, column 3.");
      expect(weightsOf(fresh)).toEqual(before);
    },
  );

  it("ends the reading of a loader, in evaluation and prediction too", async () => {
    let closed = 0;
    const loader = {
      *[Symbol.iterator](): Generator<[Tensor, Tensor]> {
        try {
          for (;;) yield [broken(3), y];
        } finally {
          closed++;
        }
      },
    };
    await expect(smallModel().fit(loader, quiet)).rejects.toThrow("expected data without NaN");
    await expect(smallModel().evaluate(loader)).rejects.toThrow("expected data without NaN");
    const narrow = new Model(new Dense(3, 1));
    await expect(narrow.predict(loader)).rejects.toThrow(ShapeError);
    expect(closed).toBe(3);
  });

  it("is found in targets, weights, validation and single batches", async () => {
    const mse = new Model(new Dense(4, 1)).compile({ optimizer: "sgd", loss: "mse" });
    const target = tensor([[0], [Number.NaN]]);
    const two = ones([2, 4]);
    expect(() => mse.trainOnBatch(two, target)).toThrow("got NaN in y of the batch, row 1, column 0.");
    expect(() => mse.testOnBatch(two, zeros([2, 1]), { sampleWeight: [1, Number.NaN] })).toThrow(
      "Model.testOnBatch: expected data without NaN, got NaN in the weights of the batch, row 1.",
    );
    await expect(smallModel().fit(x, y, { ...quiet, validationData: [broken(42), y] })).rejects.toThrow(
      "Model.fit: expected data without NaN, got NaN in x of batch 1, row 2, column 2.",
    );
  });
});

describe("a target that does not fit the loss", () => {
  const fit = (loss: CompileSettings["loss"], target: Tensor, compile: boolean): Promise<unknown> =>
    new Model(new Dense(4, 3)).compile({ optimizer: "sgd", loss }).fit(x, target, { verbose: 0, compile });

  it.each([true, false])("is told what the loss takes, and which loss takes it (compiled: %s)", async (compile) => {
    const wanted = fit("crossEntropy", zeros([20, 1]), compile);
    await expect(wanted).rejects.toThrow(ShapeError);
    await expect(fit("crossEntropy", zeros([20, 1]), compile)).rejects.toThrow(
      /^Model: expected a target that fits the loss; crossEntropy: .*For predictions float32 \[20, 3\] this loss takes int32 \[20\] or .*float32 \[20, 3\]/,
    );
    await expect(fit("mse", y, compile)).rejects.toThrow(
      /For predictions float32 \[20, 3\] this loss takes .*float32 \[20, 3\]; a target int32 \[20\] is taken by .*crossEntropy or .*nll/,
    );
    await expect(fit("crossEntropy", y.to("float32"), compile)).rejects.toThrow(DTypeError);
  });
});

describe("compile", () => {
  const net = (): Dense => new Dense(4, 3);
  it.each<[string, () => unknown, string]>([
    ["an optimizer", () => ({ optimizer: "adma", loss: "mse" }), 'Did you mean "adam"?'],
    ["a loss", () => ({ optimizer: "adam", loss: "mze" }), 'got "mze". Did you mean "mse"?'],
    ["a metric", () => ({ optimizer: "adam", loss: "mse", metrics: ["accurcy"] }), 'Did you mean "accuracy"?'],
    ["an option", () => ({ optimizer: "adam", loss: "mse", metric: [] }), 'got "metric". Did you mean "metrics"?'],
    ["nothing", () => ({}), "Model.compile: expected optimizer to be an Optimizer, its name, or a function"],
    [
      "another's optimizer",
      () => ({ optimizer: new Adam(net().parameters()), loss: "mse" }),
      "Model.compile: expected an optimizer of parameters of the net, got one of others.",
    ],
    [
      "metrics of one name",
      () => ({ optimizer: "adam", loss: "mse", metrics: ["accuracy", "acc"] }),
      'Model.compile: expected metrics with names of their own, got "accuracy" twice.',
    ],
    ["a number of norm", () => ({ optimizer: "adam", loss: "mse", clipNorm: 0 }), "expected clipNorm > 0, got 0."],
  ])("refuses %s that it does not know", (_name, settings, message) => {
    expect(() => new Model(net()).compile(settings() as CompileSettings)).toThrow(ValueError);
    expect(() => new Model(net()).compile(settings() as CompileSettings)).toThrow(message);
  });
});

describe("fit", () => {
  const loader = () => new DataLoader(new TensorDataset(x, y), { batchSize: 8 });
  const fit = (options: object): Promise<unknown> => smallModel().fit(x, y, { ...quiet, ...options });
  it.each<[string, () => Promise<unknown>, string]>([
    ["epochs", () => fit({ epochs: 0 }), "Model.fit: expected epochs to be a whole number ≥ 1, got 0."],
    ["batchSize", () => fit({ batchSize: 1.5 }), "expected batchSize to be a whole number ≥ 1, got 1.5."],
    ["shuffle", () => fit({ shuffle: 1 }), "expected shuffle to be true or false, got 1."],
    ["seed", () => fit({ seed: -1 }), "expected seed to be a whole number ≥ 0, got -1."],
    ["split", () => fit({ validationSplit: 1 }), "expected validationSplit in [0, 1), got 1."],
    ["too large a split", () => fit({ validationSplit: 0.99 }), "that leaves samples on both sides, got 0.99 of 20."],
    [
      "validationData",
      () => fit({ validationData: x }),
      "expected validationData to be [x, y], [x, y, sampleWeight] or a loader",
    ],
    [
      "two validations",
      () => fit({ validationData: [x, y], validationSplit: 0.5 }),
      "expected either validationData or validationSplit, got both.",
    ],
    ["classWeight", () => fit({ classWeight: { a: 1 } }), "expected classWeight to be weights ≥ 0 by class"],
    [
      "sampleWeight",
      () => fit({ sampleWeight: 2 }),
      "expected sampleWeight to be a tensor or a list of numbers, got 2.",
    ],
    [
      "few weights",
      () => fit({ sampleWeight: [1] }),
      "expected x, y and weights with one first axis, got [20, 4], [20], [1].",
    ],
    ["callbacks", () => fit({ callbacks: {} }), "expected callbacks to be a list of values"],
    ["verbose", () => fit({ verbose: 3 }), "expected verbose to be 0, 1 or 2, got 3."],
    ["initialEpoch", () => fit({ initialEpoch: -1 }), "expected initialEpoch to be a whole number ≥ 0, got -1."],
    ["stepsPerEpoch", () => fit({ stepsPerEpoch: 0 }), "expected stepsPerEpoch to be a whole number ≥ 1, got 0."],
    ["dryRun", () => fit({ dryRun: "yes" }), "expected dryRun to be true or false, got yes."],
    ["overfitBatches", () => fit({ overfitBatches: 0 }), "expected overfitBatches to be a whole number ≥ 1, got 0."],
    ["accumulation", () => fit({ gradientAccumulation: 0 }), "expected gradientAccumulation to be a whole number ≥ 1"],
    ["clipNorm", () => fit({ clipNorm: -1 }), "expected clipNorm > 0, got -1."],
    ["compile", () => fit({ compile: null }), "expected compile to be true or false, got null."],
    ["signal", () => fit({ signal: {} }), "expected signal to be an AbortSignal, got {}."],
    ["resume", () => fit({ resume: 1 }), "expected resume to be an object, got 1."],
    ["resume and initialEpoch", () => fit({ resume: {}, initialEpoch: 1 }), "either resume or initialEpoch, got both."],
    ["another", () => fit({ batchsize: 1 }), 'got "batchsize". Did you mean "batchSize"?'],
    [
      "a split of a loader",
      () => smallModel().fit(loader(), { verbose: 0, validationSplit: 0.5 }),
      "Model.fit: expected validationSplit with data in memory, got a loader.",
    ],
    [
      "first axes",
      () => smallModel().fit(x, ones([3])),
      "expected x, y and weights with one first axis, got [20, 4], [3].",
    ],
    [
      "batches that are none",
      () => smallModel().fit([[x]] as never, { verbose: 0 }),
      "Model.fit: expected batches [x, y] or [x, y, sampleWeight] of tensors, got ",
    ],
    ["an empty loader", () => smallModel().fit([], { verbose: 0 }), "Model.fit: expected a batch, got none."],
    [
      "a generator that is used up",
      () => smallModel().fit(loader()[Symbol.iterator]() as never, { verbose: 0, epochs: 2 }),
      "A generator can be walked only once",
    ],
    ["a model without compile", () => new Model(new Dense(4, 3)).fit(x, y), "Call compile({ optimizer, loss }) first."],
    [
      "weights for a loss of one number",
      () =>
        new Model(new Dense(4, 1))
          .compile({ optimizer: "sgd", loss: (p) => p.square().mean() })
          .fit(x, y, { verbose: 0, sampleWeight: Array.from(labels) } as FitOptions),
      "expected a loss that gives one number for each sample, since samples are weighted, got one for all.",
    ],
    [
      "weights for a layer's mean",
      () =>
        new Model(new Dense(4, 1))
          .compile({ optimizer: "sgd", loss: new BCELoss() as never })
          .fit(x, ones([20, 1]), { verbose: 0, classWeight: { 1: 2 } }),
      "Model",
    ],
  ])("refuses %s", async (_name, call, message) => {
    await expect(call()).rejects.toThrow(message);
  });
});
