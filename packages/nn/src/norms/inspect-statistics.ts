import type { Tensor } from "@tapegrad/tensor";
import { expectNothing } from "@tapegrad/tensor/internal";
import { expectModule } from "../module/expect-module.ts";

/** A module with running statistics, such as `BatchNorm`. */
export interface TracksStatistics {
  /** Whether it is in training mode. */
  readonly training: boolean;
  /** Running mean, if it is followed. */
  readonly runningMean: Tensor | undefined;
  /** Running variance, if it is followed. */
  readonly runningVar: Tensor | undefined;
  /** Number of training batches so far, if it is counted. */
  readonly numBatchesTracked: Tensor | undefined;
}

/**
 * What is wrong with the running statistics of a norm, or undefined: NaN, or none yet in evaluation.
 *
 * @throws {CompileError} in a compiled function that has assigned to them: call it afterwards
 * @example
 * const norm = new BatchNorm(2);
 * norms.inspectStatistics(norm); // => undefined
 * norms.inspectStatistics(norm.eval()); // => "evaluating with running statistics that no training batch has updated. Train first or load a state."
 */
export function inspectStatistics(norm: TracksStatistics, ...none: []): string | undefined {
  expectNothing("inspectStatistics", none);
  expectModule("inspectStatistics", "norm", norm);
  const { runningMean, runningVar, numBatchesTracked } = norm;
  const holds = (t: Tensor | undefined, test: "some" | "every", is: (value: number) => boolean): boolean =>
    t !== undefined && t["elements"][test](is);
  if (holds(runningMean, "some", Number.isNaN) || holds(runningVar, "some", Number.isNaN)) {
    return "running statistics became NaN and will stay so. Look for NaN or infinite inputs, then load or reset them.";
  }
  const all = (t: Tensor | undefined, wanted: number): boolean => holds(t, "every", (value) => value === wanted);
  if (!norm.training && all(numBatchesTracked, 0) && all(runningMean, 0) && all(runningVar, 1)) {
    return "evaluating with running statistics that no training batch has updated. Train first or load a state.";
  }
  return undefined;
}
