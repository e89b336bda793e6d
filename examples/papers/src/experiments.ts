import type { Experiment } from "./house/experiment.ts";
import { batchNormSigmoid } from "./batch-norm-sigmoid/experiment.ts";
import { centeredWeights } from "./centered-weights/experiment.ts";
import { pairNorm } from "./pair-norm/experiment.ts";
import { rmsNormTime } from "./rms-norm-time/experiment.ts";
import { seluMoments } from "./selu-moments/experiment.ts";
import { widthScaling } from "./width-scaling/experiment.ts";

/** Name of an experiment, and of its folder. */
export type ExperimentName =
  | "batch-norm-sigmoid"
  | "centered-weights"
  | "pair-norm"
  | "rms-norm-time"
  | "selu-moments"
  | "width-scaling";

/** The experiments by their names. */
export const experiments: Readonly<Record<ExperimentName, Experiment>> = {
  "batch-norm-sigmoid": batchNormSigmoid,
  "centered-weights": centeredWeights,
  "pair-norm": pairNorm,
  "rms-norm-time": rmsNormTime,
  "selu-moments": seluMoments,
  "width-scaling": widthScaling,
};
