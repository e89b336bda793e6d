import { data, ones, optim, type Tensor, tensor } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

const w = (): Tensor => tensor([[1, 2], [3, 4]], { requiresGrad: true }); // prettier-ignore
const sgd = (): optim.SGD => new optim.SGD([w()], { lr: 0.1 });

function stepped(): Tensor {
  const leaf = w();
  leaf.sum().backward();
  return leaf;
}

/** Optimizers, schedules, clipping, averages. */
export const optimRows: Rows = {
  ...Object.fromEntries(
    (
      "Adadelta Adafactor Adagrad Adam AdamW Adamax ASGD Ftrl LAMB LARS LBFGS Lion Muon MuonAdamW NAdam RAdam RMSprop Rprop SGD " +
      "SparseAdam"
    )
      .split(" ")
      .map((name): [string, Rows[string]] => [`optim.${name}`, ["tensors options?", () => [[w()], {}]]]),
  ),
  "optim.Optimizer.step": ["function?", () => [new optim.SGD([stepped()]), () => 1]],
  "optim.Optimizer.addParamGroup": ["options", () => [sgd(), { params: [w()] }]],
  ...Object.fromEntries(
    "StepPre StepPost StateDictPre StateDictPost LoadStateDictPre LoadStateDictPost"
      .split(" ")
      .map((name): [string, Rows[string]] => [
        `optim.Optimizer.register${name}Hook`,
        ["function", () => [sgd(), () => undefined]],
      ]),
  ),
  "optim.Optimizer.zeroGrad": ["", () => [sgd()]],
  "optim.Optimizer.loadStateDict": ["state", () => [sgd(), sgd().stateDict()]],
  "optim.ConstantLR": ["optimizer options?", () => [sgd(), {}]],
  "optim.LinearLR": ["optimizer options?", () => [sgd(), {}]],
  "optim.PolynomialLR": ["optimizer options?", () => [sgd(), {}]],
  "optim.ReduceLROnPlateau": ["optimizer options?", () => [sgd(), {}]],
  "optim.ExponentialLR": ["optimizer options", () => [sgd(), { gamma: 0.9 }]],
  "optim.StepLR": ["optimizer options", () => [sgd(), { stepSize: 2 }]],
  "optim.MultiStepLR": ["optimizer options", () => [sgd(), { milestones: [2] }]],
  "optim.CosineAnnealingLR": ["optimizer options", () => [sgd(), { tMax: 2 }]],
  "optim.CosineAnnealingWarmRestarts": ["optimizer options", () => [sgd(), { t0: 2 }]],
  "optim.CyclicLR": ["optimizer options", () => [sgd(), { baseLr: 0.1, maxLr: 1, cycleMomentum: false }]],
  "optim.OneCycleLR": ["optimizer options", () => [sgd(), { maxLr: 1, totalSteps: 5, cycleMomentum: false }]],
  "optim.LambdaLR": ["optimizer options", () => [sgd(), { lrLambda: () => 1 }]],
  "optim.MultiplicativeLR": ["optimizer options", () => [sgd(), { lrLambda: () => 1 }]],
  "optim.SWALR": ["optimizer options", () => [sgd(), { swaLr: 0.1 }]],
  "optim.SequentialLR": [
    "optimizer options",
    () => {
      const each = sgd();
      return [each, { schedules: [new optim.ConstantLR(each), new optim.ConstantLR(each)], milestones: [2] }];
    },
  ],
  "optim.ChainedScheduler": [
    "optimizer options",
    () => {
      const each = sgd();
      return [each, { schedules: [new optim.ConstantLR(each)] }];
    },
  ],
  "optim.Schedule.step": ["", () => [new optim.ConstantLR(sgd())], "ConstantLR"],
  "optim.Schedule.moveTo": ["number", () => [new optim.ConstantLR(sgd()), 2], "ConstantLR"],
  "optim.Schedule.loadStateDict": [
    "state",
    () => [new optim.ConstantLR(sgd()), new optim.ConstantLR(sgd()).stateDict()],
  ],
  "optim.ReduceLROnPlateau.step": ["element", () => [new optim.ReduceLROnPlateau(sgd()), 1]],
  "optim.ReduceLROnPlateau.loadStateDict": [
    "state",
    () => [new optim.ReduceLROnPlateau(sgd()), new optim.ReduceLROnPlateau(sgd()).stateDict()],
  ],
  "optim.WeightAverage": ["tensors options?", () => [[w()], {}]],
  "optim.WeightAverage.update": ["", () => [new optim.WeightAverage([w()])]],
  "optim.WeightAverage.swap": ["", () => [new optim.WeightAverage([w()])]],
  "optim.WeightAverage.loadStateDict": [
    "state",
    () => [new optim.WeightAverage([w()]), new optim.WeightAverage([w()]).stateDict()],
  ],
  "optim.clipGradNorm": ["someTensors number options?", () => [[stepped()], 1, {}]],
  "optim.clipGradAdaptive": ["someTensors number options?", () => [[stepped()], 0.1, {}]],
  "optim.clipGradRms": ["someTensors number", () => [[stepped()], 1]],
  "optim.clipPerExample": ["tensors number", () => [[w()], 1]],
  "optim.layerwiseWeightDecay": ["someTensors number", () => [[stepped()], 0.1]],
  "optim.clipGradValue": ["someTensors number", () => [[stepped()], 1]],
};

const set = (): data.TensorDataset<[Tensor]> => new data.TensorDataset(ones([4, 2]));

/** Data sets, samplers, loaders, transforms. */
export const dataRows: Rows = {
  "data.TensorDataset": ["tensor tensor...", () => [ones([3, 2]), ones([3])]],
  "data.TensorDataset.get": ["number anything?", () => [set(), 0, 0]],
  "data.TensorDataset.gather": ["numbers anything?", () => [set(), Int32Array.of(0), 0]],
  "data.Subset": ["datasets numbers", () => [set(), [0, 1]]],
  "data.Subset.get": ["number anything?", () => [new data.Subset(set(), [0]), 0, 0]],
  "data.Subset.gather": ["numbers anything?", () => [new data.Subset(set(), [0]), Int32Array.of(0), 0]],
  "data.StackDataset": ["datasets datasets...", () => [set(), set()]],
  "data.StackDataset.get": ["number anything?", () => [new data.StackDataset(set()), 0, 0]],
  "data.StackDataset.gather": ["numbers anything?", () => [new data.StackDataset(set()), Int32Array.of(0), 0]],
  "data.DataLoader": ["datasets options?", () => [set(), {}]],
  "data.DataLoader.loadStateDict": [
    "state",
    () => {
      const loader = new data.DataLoader(set(), { batchSize: 2 });
      return [loader, loader.stateDict()];
    },
  ],
  "data.BatchSampler": ["sampler options", () => [new data.SequentialSampler(3), { batchSize: 2 }]],
  "data.BatchSampler.batches": [
    "number",
    () => [new data.BatchSampler(new data.RandomSampler(3), { batchSize: 2 }), 0],
  ],
  "data.RandomSampler": ["count options?", () => [3, {}]],
  "data.SequentialSampler.loadStateDict": [
    "state",
    () => [new data.SequentialSampler(3), new data.SequentialSampler(3).stateDict()],
  ],
  "data.RandomSampler.loadStateDict": [
    "state",
    () => [new data.RandomSampler(3), new data.RandomSampler(3).stateDict()],
  ],
  "data.WeightedSampler.loadStateDict": [
    "state",
    () => [new data.WeightedSampler([1]), new data.WeightedSampler([1]).stateDict()],
  ],
  "data.BatchSampler.loadStateDict": [
    "state",
    () => {
      const sampler = new data.BatchSampler(new data.RandomSampler(3), { batchSize: 2 });
      return [sampler, sampler.stateDict()];
    },
  ],
  "data.RandomSampler.indices": ["number", () => [new data.RandomSampler(3), 0]],
  "data.SubsetRandomSampler": ["numbers options?", () => [[1, 2], {}]],
  "data.SubsetRandomSampler.indices": ["number", () => [new data.SubsetRandomSampler([1, 2]), 0]],
  "data.SubsetRandomSampler.loadStateDict": [
    "state",
    () => [new data.SubsetRandomSampler([1]), new data.SubsetRandomSampler([1]).stateDict()],
  ],
  "data.SequentialSampler": ["count", () => [3]],
  "data.WeightedSampler": ["numbers options?", () => [[1, 2], {}]],
  "data.WeightedSampler.indices": ["number", () => [new data.WeightedSampler([1, 2]), 0]],
  "data.timeseriesDataset": ["tensor tensor? options", () => [ones([4, 2]), ones([4]), { sequenceLength: 2 }]],
  "data.convert": ["anything", () => [[1, 2]]],
  "data.collate": ["samples", () => [[1, 2]]],
  "data.collect": ["datasets", () => [set()]],
  "data.concat": ["datasets datasets...", () => [set(), set()]],
  "data.chain": ["streams streams...", () => [data.pipeline([1]), data.pipeline([2])]],
  "data.map": ["datasets function", () => [set(), (sample: unknown) => sample]],
  "data.randomSplit": ["datasets numbers options?", () => [set(), [2, 2], {}]],
  "data.kFold": ["datasets number options?", () => [set(), 2, {}]],
  "data.pipeline": ["iterable", () => [[1, 2]]],
  "data.compose": ["transforms transforms...", () => [data.zScore(), data.minMax()]],
  "data.minMax": ["options?", () => [{}]],
  "data.zScore": ["options?", () => [{}]],
  "data.whiten": ["options?", () => [{}]],
  "data.randomCrop": ["options?", () => [{}]],
  "data.randomHorizontalFlip": ["options?", () => [{}]],
  "data.randomVerticalFlip": ["options?", () => [{}]],
  "data.normalize": ["options", () => [{ mean: 0, std: 1 }]],
  "data.oneHot": ["number", () => [3]],
};
