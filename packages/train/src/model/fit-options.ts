import type { Tensor } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges, type ValueRange } from "@tapegrad/tensor/internal";
import type { Callback } from "../training/callback.ts";
import { type Inputs, isInputs } from "./batch.ts";
import { type ClassWeight, classWeightRange } from "./class-weights.ts";
import { type BatchLoader, isLoader, type SampleWeight, sampleWeightRange } from "./source-of.ts";

/** What is validated on: tensors, with weights or without, or a loader. */
export type ValidationData = readonly [x: Inputs, y: Tensor, sampleWeight?: SampleWeight] | BatchLoader;

/** Options of `Model.fit`. */
export interface FitOptions {
  /** How often to go through the data; 1 unless given. With `initialEpoch`, the number of the epoch to end before. */
  readonly epochs?: number;
  /** Samples in a batch, of data in memory; 32 unless given. */
  readonly batchSize?: number;
  /** Whether each epoch has an order of its own, of data in memory; true unless given. */
  readonly shuffle?: boolean;
  /** The same seed gives the same orders; drawn from the default generator unless given. */
  readonly seed?: number | undefined;
  /** Which part of the samples, the last ones before shuffling, to keep for validation; none unless given. */
  readonly validationSplit?: number;
  /** What to validate on after each epoch. */
  readonly validationData?: ValidationData | undefined;
  /** How much samples of each class count in the loss. */
  readonly classWeight?: ClassWeight | undefined;
  /** How much each sample in memory counts in the loss; a loader gives weights as third part of its batches. */
  readonly sampleWeight?: SampleWeight | undefined;
  /** What is called on the way, in this order. */
  readonly callbacks?: readonly Callback[];
  /** 0 says nothing, 1 shows progress, 2 prints a line for each epoch; 1 unless given. */
  readonly verbose?: 0 | 1 | 2;
  /** Number of the first epoch, for a training that goes on; 0 unless given. */
  readonly initialEpoch?: number;
  /** Batches in an epoch; the next epoch reads on where this one ends. All batches unless given. */
  readonly stepsPerEpoch?: number | undefined;
  /** Tries one batch of everything; callbacks are told to write nothing. */
  readonly dryRun?: boolean;
  /** Trains on the first batches only, in the same order in each epoch: a sound net learns them by heart. */
  readonly overfitBatches?: number | undefined;
  /** How many batches one update is made of, as if they were one large batch; 1 unless given. */
  readonly gradientAccumulation?: number;
  /** Largest norm of all gradients together; that of `compile` unless given. */
  readonly clipNorm?: number | undefined;
  /** Whether the step is compiled; true unless given. */
  readonly compile?: boolean;
  /** An `AbortSignal`, which ends the training after the current batch when it is aborted. */
  readonly signal?: { readonly aborted: boolean } | undefined;
  /** A state of `Training.stateDict`, from which to go on. It may have gone through JSON. */
  readonly resume?: object | undefined;
}

const callback: ValueRange<Callback> = {
  text: "to be objects with methods such as onEpochEnd",
  has: (value): value is Callback => typeof value === "object" && value !== null && !Array.isArray(value),
};

const validation: ValueRange<ValidationData> = {
  text: "to be [x, y], [x, y, sampleWeight] or a loader",
  has: (value): value is ValidationData => isSamples(value) || isLoader(value),
};

/** Whether validation data are tensors. */
export function isSamples(value: unknown): value is readonly [x: Inputs, y: Tensor, sampleWeight?: SampleWeight] {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) return false;
  const [x, y, weight] = value as unknown[];
  return isInputs(x) && isInputs(y) && !Array.isArray(y) && (weight === undefined || sampleWeightRange.has(weight));
}

const signal: ValueRange<{ readonly aborted: boolean }> = {
  text: "to be an AbortSignal",
  has: (value): value is { readonly aborted: boolean } =>
    typeof value === "object" && value !== null && "aborted" in value,
};

const verbosity: ValueRange<0 | 1 | 2> = {
  text: "to be 0, 1 or 2",
  has: (value): value is 0 | 1 | 2 => value === 0 || value === 1 || value === 2,
};

/** Range and standard of each option of `fit`. */
export const fitTable: OptionTable<FitOptions> = {
  epochs: option(ranges.count, 1),
  batchSize: option(ranges.count, 32),
  shuffle: option(ranges.flag, true),
  seed: optional(ranges.whole(0)),
  validationSplit: option(ranges.fraction, 0),
  validationData: optional(validation),
  classWeight: optional(classWeightRange),
  sampleWeight: optional(sampleWeightRange),
  callbacks: option<readonly Callback[]>(ranges.listOf(callback), []),
  verbose: option<0 | 1 | 2>(verbosity, 1),
  initialEpoch: option(ranges.whole(0), 0),
  stepsPerEpoch: optional(ranges.count),
  dryRun: option(ranges.flag, false),
  overfitBatches: optional(ranges.count),
  gradientAccumulation: option(ranges.count, 1),
  clipNorm: optional(ranges.positive),
  compile: option(ranges.flag, true),
  signal: optional(signal),
  resume: optional(ranges.record),
};
