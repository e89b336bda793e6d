import { callRunner, type CaseRunner } from "../run-case.ts";
import type { Adapter } from "../subject.ts";
import { layerNormAdapters } from "./layer-norms.ts";
import { normFunctionAdapters } from "./norm-functions.ts";
import { weightNormAdapters } from "./weight-norms.ts";

/** One row for each norm of PyTorch. */
export const normAdapters: Readonly<Record<string, Adapter>> = {
  ...layerNormAdapters,
  ...normFunctionAdapters,
  ...weightNormAdapters,
};

/** Runs a case of norms.json. */
export const norms: CaseRunner = callRunner(normAdapters);
