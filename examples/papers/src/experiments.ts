import type { Experiment } from "./house/experiment.ts";
import { batchNormSigmoid } from "./batch-norm-sigmoid/experiment.ts";
import { batchSizeSweep } from "./batch-size-sweep/experiment.ts";
import { deepSigmoid } from "./deep-sigmoid/experiment.ts";
import { detachNorm } from "./detach-norm/experiment.ts";
import { layerNormBatchSize } from "./layer-norm-batch-size/experiment.ts";
import { seluMoments } from "./selu-moments/experiment.ts";

/** Name of an experiment, and of its folder. */
export type ExperimentName =
  | "batch-norm-sigmoid"
  | "batch-size-sweep"
  | "deep-sigmoid"
  | "detach-norm"
  | "layer-norm-batch-size"
  | "selu-moments";

/** The experiments by their names. */
export const experiments: Readonly<Record<ExperimentName, Experiment>> = {
  "batch-norm-sigmoid": batchNormSigmoid,
  "batch-size-sweep": batchSizeSweep,
  "deep-sigmoid": deepSigmoid,
  "detach-norm": detachNorm,
  "layer-norm-batch-size": layerNormBatchSize,
  "selu-moments": seluMoments,
};
