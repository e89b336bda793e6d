import { absent, type DefaultRow, type Defaults, type DefaultTable, only, required, unset } from "./default-table.ts";
import { optimizerDefaults } from "./optimizer-defaults.ts";

const schedule = (name: string, options: Readonly<Record<string, readonly [DefaultRow[0], DefaultRow[1]]>>): Defaults => ({
  torch: `optim.lr_scheduler.${name}`,
  options: Object.fromEntries(
    Object.entries(options).map(([option, [ours, torch]]): [string, DefaultRow] => [option, [ours, torch, absent]]),
  ),
}); // prettier-ignore
const third = 1 / 3;

const schedules: DefaultTable = {
  "optim.ConstantLR": schedule("ConstantLR", { factor: [third, third], totalIters: [5, 5] }),
  "optim.LinearLR": schedule("LinearLR", { startFactor: [third, third], endFactor: [1, 1], totalIters: [5, 5] }),
  "optim.PolynomialLR": schedule("PolynomialLR", {
    totalIters: [5, 5],
    power: [1, 1],
    endLr: [0, absent],
    cycle: [false, absent],
  }),
  "optim.LambdaLR": schedule("LambdaLR", { lrLambda: [required, required] }),
  "optim.MultiplicativeLR": schedule("MultiplicativeLR", { lrLambda: [required, required] }),
  "optim.SWALR": {
    torch: "optim.swa_utils.SWALR",
    options: {
      swaLr: [required, required, absent],
      annealEpochs: [10, 10, absent],
      annealStrategy: ["cos", "cos", absent],
    },
  },
  "optim.ExponentialLR": schedule("ExponentialLR", { gamma: [required, required] }),
  "optim.StepLR": schedule("StepLR", { stepSize: [required, required], gamma: [0.1, 0.1] }),
  "optim.MultiStepLR": schedule("MultiStepLR", { milestones: [required, required], gamma: [0.1, 0.1] }),
  "optim.CosineAnnealingLR": schedule("CosineAnnealingLR", {
    tMax: [required, required],
    etaMin: [0, 0],
    exponent: [1, absent],
  }),
  "optim.CosineAnnealingWarmRestarts": schedule("CosineAnnealingWarmRestarts", {
    t0: [required, required],
    tMult: [1, 1],
    etaMin: [0, 0],
    mMul: [1, absent],
  }),
  "optim.CyclicLR": schedule("CyclicLR", {
    baseLr: [required, required],
    maxLr: [required, required],
    stepSizeUp: [2000, 2000],
    stepSizeDown: [unset, unset],
    mode: ["triangular", "triangular"],
    gamma: [1, 1],
    scaleFn: [unset, unset],
    scaleMode: ["cycle", "cycle"],
    cycleMomentum: [true, true],
    baseMomentum: [0.8, 0.8],
    maxMomentum: [0.9, 0.9],
  }),
  "optim.OneCycleLR": schedule("OneCycleLR", {
    maxLr: [required, required],
    totalSteps: [unset, unset],
    epochs: [unset, unset],
    stepsPerEpoch: [unset, unset],
    pctStart: [0.3, 0.3],
    annealStrategy: ["cos", "cos"],
    cycleMomentum: [true, true],
    baseMomentum: [0.85, 0.85],
    maxMomentum: [0.95, 0.95],
    divFactor: [25, 25],
    finalDivFactor: [1e4, 1e4],
    threePhase: [false, false],
  }),
  "optim.SequentialLR": schedule("SequentialLR", {
    schedules: [required, required],
    milestones: [required, required],
  }),
  "optim.ChainedScheduler": schedule("ChainedScheduler", { schedules: [required, required] }),
  "optim.ReduceLROnPlateau": {
    torch: "optim.lr_scheduler.ReduceLROnPlateau",
    keras: "callbacks.ReduceLROnPlateau",
    options: {
      mode: ["min", "min", "auto"],
      factor: [0.1, 0.1, 0.1],
      patience: [10, 10, 10],
      threshold: [1e-4, 1e-4, 1e-4],
      thresholdMode: ["rel", "rel", absent],
      cooldown: [0, 0, 0],
      minLr: [0, 0, 0],
      eps: [1e-8, 1e-8, absent],
    },
  },
};

const training: DefaultTable = {
  "optim.WeightAverage": { torch: "optim.swa_utils.AveragedModel", options: { decay: [unset, unset, absent] } },
  "optim.clipGradNorm": {
    torch: "nn.utils.clip_grad_norm_",
    options: { normType: [2, 2, absent], errorIfNonfinite: [false, false, absent] },
  },
  "optim.clipGradAdaptive": { options: only({ eps: 1e-3 }) },
  "data.DataLoader": {
    torch: "utils.data.DataLoader",
    options: {
      batchSize: [1, 1, absent],
      shuffle: [false, false, absent],
      seed: [unset, absent, absent],
      sampler: [unset, unset, absent],
      batchSampler: [unset, unset, absent],
      dropLast: [false, false, absent],
      collate: [unset, unset, absent],
      prefetch: [unset, unset, absent],
      workers: [0, 0, absent],
      module: [unset, absent, absent],
    },
  },
  "data.timeseriesDataset": {
    keras: "utils.timeseries_dataset_from_array",
    options: {
      sequenceLength: [required, absent, required],
      sequenceStride: [1, absent, 1],
      samplingRate: [1, absent, 1],
      startIndex: [0, absent, unset],
      endIndex: [unset, absent, unset],
    },
  },
  "data.BatchSampler": {
    torch: "utils.data.BatchSampler",
    options: {
      batchSize: [required, required, absent],
      dropLast: [false, required, absent],
    },
  },
  "data.RandomSampler": {
    torch: "utils.data.RandomSampler",
    options: { replacement: [false, false, absent], numSamples: [unset, unset, absent], seed: [unset, absent, absent] },
  },
  "data.SubsetRandomSampler": {
    torch: "utils.data.SubsetRandomSampler",
    options: { seed: [unset, absent, absent] },
  },
  "data.WeightedSampler": {
    torch: "utils.data.WeightedRandomSampler",
    options: {
      numSamples: [unset, required, absent],
      replacement: [true, true, absent],
      seed: [unset, absent, absent],
    },
  },
  "data.randomSplit": {
    torch: "utils.data.random_split",
    options: only({ seed: unset, stratify: unset, groups: unset }),
  },
  "data.kFold": { options: only({ seed: unset, stratify: unset, groups: unset }) },
  "data.minMax": { options: only({ range: [0, 1], perColumn: true }) },
  "data.whiten": { options: only({ kind: "pca", components: unset, eps: 0 }) },
  "data.randomCrop": { options: only({ size: unset, padding: 0, seed: unset }) },
  "data.randomHorizontalFlip": { options: only({ rate: 0.5, seed: unset }) },
  "data.randomVerticalFlip": { options: only({ rate: 0.5, seed: unset }) },
  "data.zScore": { options: only({ perColumn: true }) },
  "data.normalize": { options: only({ mean: required, std: required }) },
};

/** Optimizers, schedules and data. */
export const trainingDefaults: DefaultTable = { ...optimizerDefaults, ...schedules, ...training };
