import { assign, cat, type Tensor } from "@tapegrad/tensor";
import { apply, option, type OptionTable, ranges, withGradMode } from "@tapegrad/tensor/internal";
import { alongAxes } from "./channels.ts";
import { updateRunningMasked } from "./masked.ts";

/** The tensors that follow the statistics of the batches; `assign` changes them. */
export interface RunningStatistics {
  /** `[C]` */
  readonly runningMean: Tensor;
  /** `[C]` */
  readonly runningVar: Tensor;
  /** int32 of no axes; needed for the cumulative average. */
  readonly numBatchesTracked: Tensor | undefined;
}

/** A batch that was just standardized per channel, or per channel of each instance or set. */
export interface StandardizedBatch {
  /** `[N, C, ...]` */
  readonly x: Tensor;
  /** `[N, C, ...]` */
  readonly normalized: Tensor;
  /** `[1, C, 1, ...]`, `[N, C, 1, ...]` for each instance, or `[sets, 1, C, 1, ...]`. */
  readonly rstd: Tensor;
  /** The axes of the statistics: all but those of the channels, and but that of the samples for each instance. */
  readonly axes: readonly number[];
  /** Values per statistic. */
  readonly count: number;
  /** How many statistics of the first axis are averaged; 1 where they are those of the batch, or of sets of their own. */
  readonly instances: number;
  /** The first of the sets of running statistics, `[sets, C]`, that the batch enters; undefined where there is one set. */
  readonly first?: number;
  /** Which values count, with the axes of `x`; all unless given. */
  readonly mask?: Tensor | undefined;
}

/** How a new batch enters the running statistics. */
export interface UpdateRule {
  /** Weight of the new batch, or null for the average of all batches so far. */
  readonly momentum: number | null;
  /** Whether the variance is divided by n − 1 or by n. */
  readonly runningVariance: "unbiased" | "biased";
}

/**
 * `running ← (1 − m) · running + m · batch` for mean and variance, outside the tape.
 *
 * Where every instance has statistics of its own, their average over the batch enters.
 * The variance comes from the standardized values, `σ² = ⟨x̂²⟩ / r²`: exact however far the mean is from 0.
 */
export function updateRunning(statistics: RunningStatistics, batch: StandardizedBatch, rule: UpdateRule): void {
  const { runningMean, runningVar, numBatchesTracked } = statistics;
  const { x, normalized, rstd, axes, count, instances, first, mask } = batch;
  const { momentum, runningVariance } = rule;
  if (mask !== undefined) return updateRunningMasked(statistics, { ...batch, mask }, rule);
  withGradMode(false, () => {
    const batches = numBatchesTracked?.add(1);
    const weight = momentum ?? (batches as Tensor).to(runningMean.dtype).reciprocal();
    const rest = typeof weight === "number" ? 1 - weight : weight.neg().add(1);
    const blend = (all: Tensor, batch: Tensor, n: number): void => {
      const share = typeof weight === "number" ? weight / n : weight.div(n);
      const end = (first ?? 0) + x.shape[0]!;
      const running = first === undefined ? all : all.slice([first, end]);
      const next = running.mul(rest).add(batch.reshape(running.shape).to(running.dtype).mul(share));
      assign(all, first === undefined ? next : cat([all.slice([0, first]), next, all.slice([end, all.shape[0]!])]));
    };
    const total = (t: Tensor, over: readonly number[]): Tensor => apply("sum", [t], { axes: over })[0];
    const moments = total(normalized.square(), axes).div(rstd.square()); // as rstd
    const moment = instances === 1 ? moments : total(moments, [0]); // [1, C, 1, ...]
    const degrees = runningVariance === "unbiased" ? count - 1 : count;
    blend(runningMean, total(x, instances === 1 ? axes : [0, ...axes]), count * instances);
    blend(runningVar, moment, degrees * instances);
    if (numBatchesTracked !== undefined && batches !== undefined) assign(numBatchesTracked, batches);
  });
}

/** The row of the weight of a new batch where it is always a number. */
export const momentumRow: OptionTable<{ readonly momentum?: number }> = {
  momentum: option(ranges.unit, 0.1, { shown: true }),
};

/** `running ← (1 − m) · running + m · batch` for one statistic, outside the tape; `batch` has its elements. */
export function follow(running: Tensor, batch: Tensor, momentum: number): void {
  withGradMode(false, () => {
    const share = batch.reshape(running.shape).to(running.dtype).mul(momentum);
    assign(running, running.mul(1 - momentum).add(share));
  });
}

/** `(x − running mean) / √(running variance + ε)` per channel of `axes`. */
export function normalizeByRunning(
  x: Tensor,
  { runningMean, runningVar }: RunningStatistics,
  eps: number,
  axes: readonly number[],
): Tensor {
  const scale = runningVar.add(eps).rsqrt();
  return x.sub(alongAxes(runningMean, x.ndim, axes)).mul(alongAxes(scale, x.ndim, axes));
}
