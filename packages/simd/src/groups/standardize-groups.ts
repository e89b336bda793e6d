import type { GroupLayout } from "./group-layout.ts";
import { forEachBatch, StagedGroups } from "./staged-groups.ts";

/** How groups are standardized. */
export interface StandardizeOptions {
  /** Added to the second moment inside the root. */
  readonly eps: number;
  /** Whether the mean is subtracted. */
  readonly center: boolean;
}

const add = (a: number, b: number): number => a + b;

/**
 * `xhat = (x − μ) r` with `r = (⟨(x − μ)²⟩ + eps)^−½` over every group, where μ is 0 without `center`; `rstd` is given r.
 * Statistics are float64 in two passes, with a correction of the rounding of μ.
 */
export function standardizeGroups(
  x: Float32Array,
  layout: GroupLayout,
  options: StandardizeOptions,
  xhat: Float32Array,
  rstd: Float32Array,
): void {
  forEachBatch(layout, (batch, first, group) => {
    const staged = new StagedGroups(batch, first, x);
    const statistics = groupStatistics(staged, batch, options);
    rstd.set(statistics.rstd, group);
    staged.map("scale", statistics, xhat);
  });
}

/** `dx = r (g − ⟨g⟩ − x̂ ⟨g x̂⟩)`, without ⟨g⟩ where the mean is not subtracted: a cotangent of `xhat` carried back to x. */
export function standardizeGroupsGrad(
  g: Float32Array,
  x: Float32Array,
  layout: GroupLayout,
  options: StandardizeOptions,
  dx: Float32Array,
): void {
  forEachBatch(layout, (batch, start) => {
    const staged = new StagedGroups(batch, start, x, g);
    const { mean, rstd } = groupStatistics(staged, batch, options);
    const [first, second] = [new Float64Array(mean.length), new Float64Array(mean.length)];
    staged.fold("gradSums", { mean }, 0, add, first, second);
    const count = countOf(batch);
    for (let i = 0; i < mean.length; i++) {
      first[i] = options.center ? first[i]! / count : 0;
      second[i] = (second[i]! / count) * rstd[i]! ** 2;
    }
    staged.map("gradScale", { mean, rstd, first, second }, dx);
  });
}

function groupStatistics(
  staged: StagedGroups,
  layout: GroupLayout,
  { eps, center }: StandardizeOptions,
): { readonly mean: Float64Array; readonly rstd: Float64Array } {
  const groups = layout.outer.reduce((all, { count, step }) => (step === 0 ? all : all * count), layout.kept);
  const count = countOf(layout);
  const [mean, rstd, rest] = [new Float64Array(groups), new Float64Array(groups), new Float64Array(groups)];
  if (center) {
    staged.fold("sum", {}, 0, add, mean);
    for (let i = 0; i < groups; i++) mean[i] = mean[i]! / count;
  }
  staged.fold("moment", { mean }, 0, add, rstd, rest);
  for (let i = 0; i < groups; i++) {
    let moment = rstd[i]! / count;
    if (center) {
      const correction = rest[i]! / count;
      mean[i] = mean[i]! + correction;
      moment = Math.max(moment - correction * correction, 0);
    }
    rstd[i] = 1 / Math.sqrt(moment + eps);
  }
  return { mean, rstd };
}

/** Elements of a group. */
function countOf({ reduced, outer }: GroupLayout): number {
  return outer.reduce((all, { count, step }) => (step === 0 ? all * count : all), reduced);
}
