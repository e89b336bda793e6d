import { option, optional, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type ClassWeight, classWeightRange } from "./class-weights.ts";
import { shapesRange, type SummaryOptions, summaryTable } from "../summary/summary.ts";
import { type SampleWeight, sampleWeightRange } from "./source-of.ts";

/** Options of `Model.predict`. */
export interface PredictOptions {
  /** Samples in a batch, of data in memory; 32 unless given. */
  readonly batchSize?: number;
  /** Whether `forward` is compiled; true unless given. */
  readonly compile?: boolean;
}

/** Options of `Model.evaluate`. */
export interface EvaluateOptions extends PredictOptions {
  /** How much each sample in memory counts in the loss; a loader gives weights as third part of its batches. */
  readonly sampleWeight?: SampleWeight | undefined;
}

/** Options of `Model.trainOnBatch` and `Model.testOnBatch`. */
export interface BatchOptions {
  /** How much each sample counts in the loss. */
  readonly sampleWeight?: SampleWeight | undefined;
  /** How much samples of each class count in the loss. */
  readonly classWeight?: ClassWeight | undefined;
  /** Whether the step is compiled; true unless given. */
  readonly compile?: boolean;
}

/** Options of `Model.summary`. */
export interface ModelSummaryOptions extends SummaryOptions {
  /** That of one sample, without the batch axis, or a list of them; unless given, what depends on it is left out. */
  readonly inputShape?: readonly number[] | readonly (readonly number[])[] | undefined;
}

const compile = option(ranges.flag, true);

/** Range and standard of each option of `predict`. */
export const predictTable: OptionTable<PredictOptions> = { batchSize: option(ranges.count, 32), compile };

/** Range and standard of each option of `evaluate`. */
export const evaluateTable: OptionTable<EvaluateOptions> = {
  ...predictTable,
  sampleWeight: optional(sampleWeightRange),
};

/** Range and standard of each option of `trainOnBatch`. */
export const batchTable: OptionTable<BatchOptions> = {
  sampleWeight: optional(sampleWeightRange),
  classWeight: optional(classWeightRange),
  compile,
};

/** Range and standard of each option of `summary`. */
export const modelSummaryTable: OptionTable<ModelSummaryOptions> = {
  ...summaryTable,
  inputShape: optional(shapesRange),
};
