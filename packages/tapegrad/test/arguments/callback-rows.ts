import { nn, ones, type Tensor, tensor, train } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

const [x, y]: [() => Tensor, () => Tensor] = [() => ones([3, 2]), () => tensor([[1], [2], [3]])];
/** What passes through is named by the layer or the loss that refuses it. */
const says = "linear|matmul|mseLoss|batchNorm|cat|slice";

function begun(): train.ExponentialMovingAverage {
  const average = new train.ExponentialMovingAverage();
  average.onTrainBegin({ net: new nn.Dense(2, 1) } as unknown as train.Training);
  return average;
}

/** A row for loading a state that the callback itself has given. */
function loading(make: () => { stateDict(): object }): Rows[string] {
  return [
    "state",
    () => {
      const callback = make();
      return [callback, callback.stateDict()];
    },
  ];
}

/** Callbacks of a training, and what stands beside one. */
export const callbackRows: Rows = {
  "train.ActivationStats": ["someTensors options?", () => [x(), {}]],
  "train.ActivationStats.loadStateDict": loading(() => new train.ActivationStats(x())),
  "train.CSVLogger": ["word options?", () => ["log.csv", {}]],
  "train.CSVLogger.loadStateDict": loading(() => new train.CSVLogger("log.csv")),
  "train.Checkpoint": ["word options?", () => ["best.json", {}]],
  "train.Checkpoint.loadStateDict": loading(() => new train.Checkpoint("best.json")),
  "train.EarlyStopping": ["options?", () => [{}]],
  "train.EarlyStopping.loadStateDict": loading(() => new train.EarlyStopping()),
  "train.ExponentialMovingAverage": ["options?", () => [{}]],
  "train.ExponentialMovingAverage.loadStateDict": loading(begun),
  "train.JSONLLogger": ["word options?", () => ["runs", {}]],
  "train.JSONLLogger.loadStateDict": loading(() => new train.JSONLLogger("runs")),
  "train.LearningRateSchedule": ["function options?", () => [() => 0.1, {}]],
  "train.LearningRateSchedule.loadStateDict": loading(() => new train.LearningRateSchedule(() => 0.1)),
  "train.ProgressBar": ["options?", () => [{}]],
  "train.ReduceLROnPlateau": ["options?", () => [{}]],
  "train.ReduceLROnPlateau.loadStateDict": loading(() => new train.ReduceLROnPlateau()),
  "train.TerminateOnNaN": ["", () => []],
  "train.lrFind": [
    "module batches options?",
    () => [new nn.Dense(2, 1), [[x(), y()]], { loss: "mse", steps: 3 }],
    says,
  ],
  "train.progress": ["iterable options?", () => [[1, 2], {}]],
  "train.recalibrate": ["module batches", () => [new nn.BatchNorm(2), [x()]], says],
  "train.sanity": ["module batches options", () => [new nn.Dense(2, 1), [x(), y()], { loss: "mse", steps: 3 }], says],
};
