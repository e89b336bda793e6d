import { absent, type DefaultTable, required, unset } from "./default-table.ts";

const batch = {
  sampleWeight: [unset, absent, unset],
  classWeight: [unset, absent, unset],
  compile: [true, absent, absent],
} as const;

/** Training by `Model`. */
export const modelDefaults: DefaultTable = {
  "train.Model": { keras: "Model", options: { "(net)": [unset, absent, absent] } },
  "train.Model.compile": {
    keras: "Model.compile",
    options: {
      optimizer: [required, absent, "rmsprop"],
      loss: [required, absent, unset],
      metrics: [[], absent, unset],
      weightedMetrics: [[], absent, unset],
      clipNorm: [unset, absent, absent],
      threads: ["auto", absent, absent],
    },
  },
  "train.Model.fit": {
    keras: "Model.fit",
    options: {
      epochs: [1, absent, 1],
      batchSize: [32, absent, 32],
      shuffle: [true, absent, true],
      seed: [unset, absent, absent],
      validationSplit: [0, absent, 0],
      validationData: [unset, absent, unset],
      classWeight: [unset, absent, unset],
      sampleWeight: [unset, absent, unset],
      callbacks: [[], absent, unset],
      verbose: [1, absent, 1],
      initialEpoch: [0, absent, 0],
      stepsPerEpoch: [unset, absent, unset],
      dryRun: [false, absent, absent],
      overfitBatches: [unset, absent, absent],
      gradientAccumulation: [1, absent, 1],
      clipNorm: [unset, absent, absent],
      compile: [true, absent, absent],
      signal: [unset, absent, absent],
      resume: [unset, absent, absent],
    },
  },
  "train.Model.evaluate": {
    keras: "Model.evaluate",
    options: { batchSize: [32, absent, 32], compile: [true, absent, absent], sampleWeight: [unset, absent, unset] },
  },
  "train.Model.predict": {
    keras: "Model.predict",
    options: { batchSize: [32, absent, 32], compile: [true, absent, absent] },
  },
  "train.Model.summary": {
    keras: "Model.summary",
    options: {
      batchSize: [1, absent, absent],
      dtype: [unset, absent, absent],
      inputShape: [unset, absent, absent],
    },
  },
  "train.Model.trainOnBatch": { keras: "Model.train_on_batch", options: batch },
  "train.Model.testOnBatch": { keras: "Model.test_on_batch", options: batch },
};
