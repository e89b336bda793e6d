import { absent, type DefaultTable, only, required, unset } from "./default-table.ts";

const monitor = { monitor: ["valLoss", absent, "valLoss"], mode: ["auto", absent, "auto"] } as const;

/** Callbacks of a training, and what stands beside one. */
export const callbackDefaults: DefaultTable = {
  "train.ActivationStats": { options: only({ nearZero: 0.05 }) },
  "train.CSVLogger": {
    keras: "callbacks.CSVLogger",
    options: { separator: [",", absent, ","], append: [false, absent, false] },
  },
  "train.Checkpoint": {
    keras: "callbacks.ModelCheckpoint",
    options: {
      ...monitor,
      minDelta: [0, absent, absent],
      saveBestOnly: [false, absent, false],
      saveWeightsOnly: [false, absent, false],
      frequency: [1, absent, 1],
      per: ["epoch", absent, "epoch"],
    },
  },
  "train.EarlyStopping": {
    keras: "callbacks.EarlyStopping",
    options: {
      ...monitor,
      minDelta: [0, absent, 0],
      patience: [0, absent, 0],
      baseline: [unset, absent, unset],
      restoreBestWeights: [false, absent, false],
      startFromEpoch: [0, absent, 0],
    },
  },
  "train.ExponentialMovingAverage": {
    keras: "callbacks.SwapEMAWeights",
    options: {
      decay: [0.99, absent, 0.99],
      swapForValidation: [true, absent, true],
      swapAtEnd: [true, absent, true],
      compile: [true, absent, absent],
    },
  },
  "train.JSONLLogger": { options: only({ name: unset, configuration: unset, seed: unset, versions: unset }) },
  "train.LearningRateSchedule": {
    keras: "callbacks.LearningRateScheduler",
    options: { per: ["epoch", absent, "epoch"], options: [unset, absent, absent] },
  },
  "train.ProgressBar": { options: only({ interval: unset, stream: unset, show: unset, unit: "batch" }) },
  "train.ReduceLROnPlateau": {
    keras: "callbacks.ReduceLROnPlateau",
    options: {
      ...monitor,
      minDelta: [1e-4, absent, 1e-4],
      factor: [0.1, absent, 0.1],
      patience: [10, absent, 10],
      cooldown: [0, absent, 0],
      minLr: [0, absent, 0],
    },
  },
  "train.lrFind": {
    options: only({ loss: unset, optimizer: unset, from: 1e-7, to: 10, steps: 100, stopFactor: 4, compile: true }),
  },
  "train.progress": {
    options: only({
      total: unset,
      initial: 0,
      description: "",
      unit: "it",
      metrics: unset,
      interval: unset,
      smoothing: 0.3,
      stream: unset,
      show: unset,
      silent: false,
    }),
  },
  "train.sanity": { options: only({ loss: required, classes: unset, steps: 200, lr: 0.01 }) },
};
