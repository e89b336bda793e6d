export { chain } from "./chain.ts";
export { collate } from "./collate.ts";
export { collect } from "./collect.ts";
export { concat } from "./concat.ts";
export { convert, type Converted } from "./convert.ts";
export type { Collated, Dataset } from "./dataset.ts";
export type { IterableDataset } from "./iterable-dataset.ts";
export { DataLoader } from "./loader/data-loader.ts";
export type { DataLoaderState } from "./loader/loader-state.ts";
export type { BatchOf, DataLoaderOptions, Gathered } from "./loader/options.ts";
export { map } from "./map.ts";
export {
  type Flow,
  type BatchOptions,
  type Pipeline,
  pipeline,
  type PipelineState,
  type ShuffleOptions,
} from "./pipeline/pipeline.ts";
export type { PipelineSource } from "./pipeline/source.ts";
export { kFold, type KFoldOptions } from "./splits/k-fold.ts";
export type { Bonds, SampleKeys } from "./splits/partition.ts";
export { randomSplit, type RandomSplitOptions } from "./splits/random-split.ts";
export type { BatchList, BatchOrder } from "./samplers/batch-order.ts";
export { BatchSampler, type BatchSamplerOptions, type BatchSamplerState } from "./samplers/batch-sampler.ts";
export { RandomSampler, type RandomSamplerOptions, type RandomSamplerState } from "./samplers/random-sampler.ts";
export type { Sampler } from "./samplers/sampler.ts";
export type { SampleCount } from "./samplers/sample-count.ts";
export { SequentialSampler, type SequentialSamplerState } from "./samplers/sequential-sampler.ts";
export {
  SubsetRandomSampler,
  type SubsetRandomSamplerOptions,
  type SubsetRandomSamplerState,
} from "./samplers/subset-random-sampler.ts";
export {
  WeightedSampler,
  type WeightedSamplerOptions,
  type WeightedSamplerState,
} from "./samplers/weighted-sampler.ts";
export { type SideBySide, type StackArguments, StackDataset, type Stacked, type StackOf } from "./stack-dataset.ts";
export { Subset } from "./subset.ts";
export { TensorDataset } from "./tensor-dataset.ts";
export { type Sequence, timeseriesDataset, type TimeseriesOptions } from "./timeseries-dataset.ts";
export { compose } from "./transforms/compose.ts";
export { randomCrop, type RandomCropOptions } from "./transforms/images/random-crop.ts";
export { type RandomFlipOptions, randomHorizontalFlip, randomVerticalFlip } from "./transforms/images/random-flip.ts";
export type { RandomTransform } from "./transforms/images/random-transform.ts";
export { minMax, type MinMax, type MinMaxOptions } from "./transforms/min-max.ts";
export { normalize, type NormalizeOptions } from "./transforms/normalize.ts";
export { oneHot } from "./transforms/one-hot.ts";
export type { Estimator, Transform } from "./transforms/transform.ts";
export { whiten, type Whiten, type WhitenOptions } from "./transforms/whiten.ts";
export { zScore, type ZScore, type ZScoreOptions } from "./transforms/z-score.ts";
export { serveDataset } from "./workers/serve-dataset.ts";
export type { DataWorker, WorkerModule } from "./workers/start-worker.ts";
export { WorkerError } from "./workers/worker-error.ts";
