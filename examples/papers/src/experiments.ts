import type { Experiment } from "./house/experiment.ts";
import { batchNormSigmoid } from "./batch-norm-sigmoid/experiment.ts";
import { batchSizeSweep } from "./batch-size-sweep/experiment.ts";
import { centeredWeights } from "./centered-weights/experiment.ts";
import { deepSigmoid } from "./deep-sigmoid/experiment.ts";
import { detachNorm } from "./detach-norm/experiment.ts";
import { layerNormBatchSize } from "./layer-norm-batch-size/experiment.ts";
import { pairNorm } from "./pair-norm/experiment.ts";
import { rmsNormTime } from "./rms-norm-time/experiment.ts";
import { seluMoments } from "./selu-moments/experiment.ts";
import { widthScaling } from "./width-scaling/experiment.ts";

/** Name of an experiment, and of its folder. */
export type ExperimentName =
  | "batch-norm-sigmoid"
  | "batch-size-sweep"
  | "centered-weights"
  | "deep-sigmoid"
  | "detach-norm"
  | "layer-norm-batch-size"
  | "pair-norm"
  | "rms-norm-time"
  | "selu-moments"
  | "width-scaling";

/** The experiments by their names. */
export const experiments: Readonly<Record<ExperimentName, Experiment>> = {
  "batch-norm-sigmoid": batchNormSigmoid,
  "batch-size-sweep": batchSizeSweep,
  "centered-weights": centeredWeights,
  "deep-sigmoid": deepSigmoid,
  "detach-norm": detachNorm,
  "layer-norm-batch-size": layerNormBatchSize,
  "pair-norm": pairNorm,
  "rms-norm-time": rmsNormTime,
  "selu-moments": seluMoments,
  "width-scaling": widthScaling,
};
