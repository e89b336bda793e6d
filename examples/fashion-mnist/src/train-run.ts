import { type datasets, nn, optim, train } from "tapegrad";
import { type NetworkName, networks, type NormName } from "./networks.ts";

/** What the training and the test part are, as `fashionMnist` gives them. */
export type Images = Awaited<ReturnType<typeof datasets.fashionMnist>>;

/** What to train, and how long. */
export interface RunSettings {
  readonly network: NetworkName;
  readonly norm: NormName;
  /** Decides about initial weights and order of batches. */
  readonly seed: number;
  readonly epochs: number;
  readonly dryRun: boolean;
  readonly verbose: 0 | 1 | 2;
}

/** How a training went. */
export interface RunResult {
  readonly network: NetworkName;
  readonly norm: NormName;
  readonly seed: number;
  readonly parameters: number;
  /** Part of the test images that are right after the last epoch, from 0 to 1. */
  readonly testAccuracy: number;
  /** Time of an epoch of training, its data path included and validation not: the median, in seconds. */
  readonly epochSeconds: number;
  readonly history: train.History["history"];
  /** How often class i was taken for class j. */
  readonly confusion: readonly (readonly number[])[];
  readonly summary: train.ModuleSummary;
}

const learningRate = 2e-3;

/** A rate that falls to 0 over the training, half a wave of a cosine; a step after each batch. */
function fallingRate(optimizer: optim.Optimizer, batches: number): train.Callback {
  const schedule = new optim.CosineAnnealingLR(optimizer, { tMax: batches });
  return { onBatchEnd: () => schedule.step() };
}

/** Trains one network, which the test part validates after every epoch. */
export async function trainRun(images: Images, settings: RunSettings): Promise<RunResult> {
  const { network, norm, seed, epochs, dryRun, verbose } = settings;
  const { build, batchSize } = networks[network];
  const net = build(norm, seed);
  const model = new train.Model(net).compile({
    optimizer: (params) => new optim.Adam(params, { lr: learningRate }),
    loss: "crossEntropy",
    metrics: ["accuracy"],
  });
  const clock = new EpochClock();
  const { x, y } = images.test;
  const batches = epochs * Math.ceil(images.train.x.shape[0]! / batchSize);
  const { history } = await model.fit(images.train.x, images.train.y, {
    ...{ epochs, batchSize, seed, dryRun, verbose },
    validationData: [x, y],
    callbacks: [clock, fallingRate(model.optimizer!, batches)],
  });
  const confusion = new train.metrics.ConfusionMatrix({ numClasses: images.classes.length });
  if (!dryRun) confusion.update(await model.predict(x, { batchSize }), y);
  return {
    ...{ network, norm, seed, history },
    parameters: nn.countParameters(net).trainable,
    testAccuracy: history["valAccuracy"]?.at(-1) ?? Number.NaN,
    epochSeconds: clock.median,
    confusion: confusion.result().toArray(2),
    summary: model.summary({ inputShape: x.shape.slice(1) }),
  };
}

/** Measures the batches of each epoch, from the first to the last. */
class EpochClock implements train.Callback {
  readonly #seconds: number[] = [];
  #start = 0;
  #end = 0;

  onEpochBegin(): void {
    this.#start = performance.now();
  }

  onBatchEnd(): void {
    this.#end = performance.now();
  }

  onEpochEnd(): void {
    this.#seconds.push((this.#end - this.#start) / 1000);
  }

  get median(): number {
    return this.#seconds.toSorted((a, b) => a - b)[Math.floor(this.#seconds.length / 2)] ?? Number.NaN;
  }
}
