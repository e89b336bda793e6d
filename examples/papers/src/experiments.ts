import type { Experiment } from "./house/experiment.ts";
import { batchNormSigmoid } from "./batch-norm-sigmoid/experiment.ts";
import { seluMoments } from "./selu-moments/experiment.ts";

/** Name of an experiment, and of its folder. */
export type ExperimentName = "batch-norm-sigmoid" | "selu-moments";

/** The experiments by their names. */
export const experiments: Readonly<Record<ExperimentName, Experiment>> = {
  "batch-norm-sigmoid": batchNormSigmoid,
  "selu-moments": seluMoments,
};
