import type { Comparison } from "../comparison.ts";
import type { GoldenCase } from "../format.ts";
import type { CaseRunner } from "../run-case.ts";
import { optimizerTable } from "./build-optimizer.ts";
import { runAverage } from "./run-average.ts";
import { runClipping } from "./run-clipping.ts";
import { runOptimizer } from "./run-optimizer.ts";
import { runPlateau, runSchedule, scheduleTable } from "./run-schedule.ts";

const others: Readonly<Record<string, CaseRunner>> = {
  ReduceLROnPlateau: runPlateau,
  clip_grad_norm_: runClipping,
  clip_grad_value_: runClipping,
  AveragedModel: runAverage,
};

/** Runs a case of optimizers.json. */
export const optimizers: CaseRunner = optimizersWith(runOptimizer);

/** The same with cases of optimizers run by `run`. */
export function optimizersWith(run: CaseRunner): CaseRunner {
  return (golden, check) => runCase(golden, check, run);
}

function runCase(golden: GoldenCase, check: Comparison, run: CaseRunner): void {
  const { op } = golden;
  if (Object.hasOwn(optimizerTable, op)) run(golden, check);
  else if (Object.hasOwn(scheduleTable, op)) runSchedule(golden, check);
  else if (Object.hasOwn(others, op)) others[op]?.(golden, check);
  else check.fail(`no adapter for ${op}`);
}
