import { data, nn, type Tensor, train } from "tapegrad";
import { buildNet, type Order } from "./build-net.ts";
import { loadData } from "./load-data.ts";
import { measureActivations } from "./measure-activations.ts";
import type { NormName } from "./norms.ts";
import type { LayerStatistics, RunResult } from "./run-result.ts";

/** What to train, and how long. */
export interface RunSettings {
  readonly norm: NormName;
  readonly order: Order;
  /** Decides about split, initial weights and order of batches. */
  readonly seed: number;
  readonly epochs: number;
  /** Whether to try one batch of everything only. */
  readonly dryRun?: boolean;
}

/** A trained network: its result, and what the report tells besides. */
export interface TrainedRun {
  readonly result: RunResult;
  readonly summary: train.ModuleSummary;
  /** How often each digit of the test images was taken for which. */
  readonly confusion: Tensor;
}

/** Trains one network and measures it after every epoch. */
export async function trainRun(
  { norm, order, seed, epochs, dryRun = false }: RunSettings,
  callbacks: readonly train.Callback[] = [],
): Promise<TrainedRun> {
  const start = performance.now();
  const images = loadData(seed);
  const net = buildNet(norm, order, seed);
  // A twin of the same weights in training mode: BatchNorm has no running statistics before the first step.
  const initial = measureActivations(buildNet(norm, order, seed), images.train.x);
  const layers: LayerStatistics[][] = [];
  const measuring: train.Callback = {
    onEpochEnd() {
      net.model.eval();
      layers.push(measureActivations(net, images.train.x));
      net.model.train();
    },
  };
  const model = new train.Model(net.model).compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
  const dataset = new data.TensorDataset(images.train.x, images.train.y);
  const { history } = await model.fit(new data.DataLoader(dataset, { batchSize: 32, shuffle: true, seed }), {
    epochs,
    dryRun,
    validationData: [images.test.x, images.test.y],
    callbacks: [measuring, ...callbacks],
    verbose: 0,
  });
  const confusion = new train.metrics.ConfusionMatrix({ numClasses: 10 });
  confusion.update(await model.predict(images.test.x), images.test.y);
  const { loss = [], valLoss = [], valAccuracy = [] } = history;
  return {
    result: {
      norm,
      seed,
      testAccuracy: valAccuracy.at(-1)!,
      finalLoss: loss.at(-1)!,
      seconds: (performance.now() - start) / 1000,
      parameters: nn.countParameters(net.model).trainable,
      initial,
      history: loss.map((trainLoss, i) => ({
        epoch: i + 1,
        trainLoss,
        testLoss: valLoss[i]!,
        testAccuracy: valAccuracy[i]!,
        layers: layers[i]!,
      })),
    },
    summary: train.summary(net.model, [64]),
    confusion: confusion.result(),
  };
}
