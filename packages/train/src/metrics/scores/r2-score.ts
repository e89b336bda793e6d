import { full, onesLike, ShapeError, type Tensor, where } from "@tapegrad/tensor";
import { formatShape, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import type { Sums } from "../accumulator.ts";
import { BatchMetric } from "../batch-metric.ts";
import type { UpdateOptions } from "../metric.ts";
import { type MetricOptions, named } from "../metric-options.ts";
import { paired } from "../paired.ts";
import { weighted, weightOf } from "../sample-weight.ts";

/** Options of {@link R2Score}. */
export interface R2ScoreOptions extends MetricOptions {
  /**
   * What becomes of the scores of several outputs: their mean, or that weighted by the variance of each; null keeps one
   * score for each. "uniformAverage" unless given.
   */
  readonly classAggregation?: "uniformAverage" | "varianceWeightedAverage" | null;
  /** Number of regressors for the adjusted score; 0, unless given, is the plain one. */
  readonly numRegressors?: number;
}

const table: OptionTable<R2ScoreOptions> = {
  classAggregation: option(ranges.orNull(ranges.oneOf("uniformAverage", "varianceWeightedAverage")), "uniformAverage"),
  numRegressors: option(ranges.whole(0), 0),
  name: named("r2Score"),
};

type SumName = "sum" | "squaredSum" | "residual" | "weight" | "samples";

/**
 * The coefficient of determination, `1 − Σ (t − p)² / Σ (t − mean t)²`: the part of the variance of the target that is
 * explained; NaN before the first update, 0 where the target does not vary and is missed.
 *
 * With `numRegressors` k it is the adjusted one, `1 − (1 − R²) · (n − 1) / (n − k − 1)`, if there are more than k + 1
 * samples. Predictions and target are `[N]` or `[N, outputs]`.
 *
 * @example
 * const metric = new R2Score();
 * metric.update(tensor([2, 4, 4]), tensor([1, 4, 3]));
 * metric.result().item(); // => 0.57143
 */
export class R2Score extends BatchMetric<SumName> {
  static override readonly name: string = "R2Score";

  readonly #options: Required<Omit<R2ScoreOptions, "name">>;

  constructor(options: R2ScoreOptions = {}) {
    const { name, ...rest } = settleOptions("R2Score", options, table);
    super(name, { sum: undefined, squaredSum: undefined, residual: undefined, weight: undefined, samples: [] });
    this.#options = rest;
  }

  protected override measure(fn: string, predictions: Tensor, target: Tensor, options: UpdateOptions): Sums<SumName> {
    const [p, t] = paired(fn, predictions, target).map((x) => (x.ndim === 1 ? x.unsqueeze(1) : x).to("float64")) as [Tensor, Tensor]; // prettier-ignore
    if (t.ndim !== 2) throw new ShapeError(`${fn}: expected [N] or [N, outputs], got ${formatShape(target.shape)}.`);
    const weight = weightOf(fn, t.shape, options);
    const total = (x: Tensor): Tensor => weighted(x, weight).sum({ axis: 0 });
    return {
      sum: total(t),
      squaredSum: total(t.square()),
      residual: total(t.sub(p).square()),
      weight: total(onesLike(t)),
      samples: full([], t.shape[0]!, { dtype: "float64" }),
    };
  }

  protected override conclude({ sum, squaredSum, residual, weight, samples }: Sums<SumName>): Tensor {
    const { classAggregation, numRegressors } = this.#options;
    const total = squaredSum.sub(sum.square().div(weight));
    const raw = residual.div(total).neg().add(1);
    const scores = raw.maskedFill(raw.abs().eq(Infinity), 0);
    const score =
      classAggregation === null
        ? scores
        : classAggregation === "uniformAverage"
          ? scores.mean()
          : total.mul(scores).sum().div(total.sum());
    if (numRegressors === 0) return score;
    const free = samples.sub(numRegressors + 1);
    const adjusted = score.neg().add(1).mul(samples.sub(1)).div(free).neg().add(1);
    return where(free.gt(0), adjusted, score);
  }
}
