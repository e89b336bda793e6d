import { setImmediate } from "node:timers/promises";
import { data, nn, noGrad, optim, type Tensor } from "tapegrad";
import { buildNet, type Net, type Order } from "./build-net.ts";
import { loadData, type Part } from "./load-data.ts";
import { measureActivations } from "./measure-activations.ts";
import type { NormName } from "./norms.ts";
import type { EpochRecord, RunResult } from "./run-result.ts";

/** What to train, and how long. */
export interface RunSettings {
  readonly norm: NormName;
  readonly order: Order;
  /** Decides about split, initial weights and order of batches. */
  readonly seed: number;
  readonly epochs: number;
  /** Stop each epoch after so many batches; all if absent. */
  readonly batches?: number;
}

const batchSize = 32;
const learningRate = 1e-3;

/** Trains one network and measures it after every epoch. */
export async function trainRun(
  settings: RunSettings,
  onEpoch: (record: EpochRecord) => void = () => {},
): Promise<RunResult> {
  const { norm, order, seed, epochs } = settings;
  const start = performance.now();
  const { train, test } = loadData(seed);
  const net = buildNet(norm, order, seed);
  const { model } = net;
  // A twin of the same weights in training mode: BatchNorm has no running statistics before the first step.
  const initial = measureActivations(buildNet(norm, order, seed), train.x);
  const optimizer = new optim.Adam(model.parameters(), { lr: learningRate });
  const loader = new data.DataLoader(new data.TensorDataset(train.x, train.y), { batchSize, shuffle: true, seed });
  const history: EpochRecord[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const trainLoss = trainEpoch(model, optimizer, loader, settings.batches ?? loader.length);
    const record = { epoch, trainLoss, ...evaluate(net, train, test) };
    history.push(record);
    onEpoch(record);
    await setImmediate(); // so that signals arrive, and memory of tensors is reclaimed
  }
  const last = history.at(-1);
  if (last === undefined) throw new RangeError(`trainRun: expected at least one epoch, got ${epochs}.`);
  return {
    norm,
    seed,
    testAccuracy: last.testAccuracy,
    finalLoss: last.trainLoss,
    seconds: (performance.now() - start) / 1000,
    parameters: nn.countParameters(model).trainable,
    initial,
    history,
  };
}

/** One pass over the training images; returns the mean loss of a sample. */
function trainEpoch(
  model: nn.Sequential,
  optimizer: optim.Adam,
  loader: data.DataLoader<[Tensor, Tensor]>,
  batches: number,
): number {
  model.train();
  let [total, samples, batch] = [0, 0, 0];
  for (const [x, y] of loader) {
    if (batch++ === batches) break;
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    total += loss.item() * y.size;
    samples += y.size;
  }
  return total / samples;
}

function evaluate(net: Net, train: Part, test: Part): Pick<EpochRecord, "testLoss" | "testAccuracy" | "layers"> {
  net.model.eval();
  const logits = noGrad(() => net.model.forward(test.x));
  return {
    testLoss: nn.functional.crossEntropy(logits, test.y).item(),
    testAccuracy: logits.argmax({ axis: 1 }).eq(test.y).mean().item(),
    layers: measureActivations(net, train.x),
  };
}
