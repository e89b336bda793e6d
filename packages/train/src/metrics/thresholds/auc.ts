import { tensor, type Tensor, where } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges, settleOptions, type ValueRange } from "@tapegrad/tensor/internal";
import type { Sums } from "../accumulator.ts";
import { type MetricOptions, named } from "../metric-options.ts";
import { ratio } from "../ratio.ts";
import { precisionOf, recallOf } from "./precision.ts";
import { type Count, ThresholdMetric } from "./threshold-metric.ts";
import { evenThresholds, fromLogits } from "./threshold-options.ts";

/** Options of {@link AUC}. */
export interface AUCOptions extends MetricOptions {
  /** How many points of the curve are looked at, by thresholds at equal distances; 200 unless given. */
  readonly numThresholds?: number;
  /** The true positive rate over the false positive rate, or the precision over the recall; "ROC" unless given. */
  readonly curve?: "ROC" | "PR";
  /**
   * What stands between two points: "interpolation" (along the line of ROC; of PR, counts along a line), the lower of
   * both with "minoring", the higher with "majoring"; "interpolation" unless given.
   */
  readonly summationMethod?: "interpolation" | "minoring" | "majoring";
  /** Thresholds in [0, 1] in place of those at equal distances; one below 0 and one above 1 are added. */
  readonly thresholds?: readonly number[] | undefined;
  /** Whether each label, along the last axis, has a curve of its own, of whose areas the mean is taken; false unless given. */
  readonly multiLabel?: boolean;
  /** How many labels there are with `multiLabel`; the first batch tells unless given. */
  readonly numLabels?: number | undefined;
  /** How much each label counts: its area with `multiLabel`, its answers without; all the same unless given. */
  readonly labelWeights?: readonly number[] | undefined;
  /** Whether predictions are logits, of which the logistic function is taken first; false unless given. */
  readonly fromLogits?: boolean;
}

const several: ValueRange<number> = ranges.whole(2);

const table: OptionTable<AUCOptions> = {
  numThresholds: option(several, 200),
  curve: option(ranges.oneOf("ROC", "PR"), "ROC"),
  summationMethod: option(ranges.oneOf("interpolation", "minoring", "majoring"), "interpolation"),
  thresholds: optional(ranges.listOf(ranges.unit)),
  multiLabel: option(ranges.flag, false),
  numLabels: optional(ranges.count),
  labelWeights: optional(ranges.listOf(ranges.nonNegative)),
  fromLogits,
  name: named("auc"),
};

/** How far beyond 0 and 1 the outermost thresholds are. */
const beyond = 1e-7;

/**
 * The area under a curve over all thresholds, approximated by some of them: of the receiver operating characteristic, or
 * of precision over recall. 0.5 is chance for the first; 0 before the first update.
 *
 * Predictions are probabilities, or logits with `fromLogits`; the target has their shape and is 0 or 1.
 *
 * @throws {ValueError} for predictions outside [0, 1] or another target
 * @see Davis and Goadrich, The Relationship Between Precision-Recall and ROC Curves (2006),
 * https://doi.org/10.1145/1143844.1143874, for the interpolation of PR
 * @example
 * const metric = new AUC({ numThresholds: 3 });
 * metric.update(tensor([0, 0.5, 0.3, 0.9]), tensor([0, 0, 1, 1]));
 * metric.result().item(); // => 0.75
 */
export class AUC extends ThresholdMetric {
  static override readonly name: string = "AUC";

  readonly #options: AUCOptions;

  constructor(options: AUCOptions = {}) {
    const settled = settleOptions("AUC", options, table);
    const { numThresholds, thresholds, multiLabel, labelWeights } = settled;
    const inner = thresholds?.toSorted((a, b) => a - b) ?? evenThresholds(numThresholds).slice(1, -1);
    super(settled.name, {
      thresholds: [-beyond, ...inner, 1 + beyond],
      fromLogits: settled.fromLogits,
      perLabel: multiLabel,
      numLabels: settled.numLabels,
      labelWeights: multiLabel ? undefined : labelWeights,
    });
    this.#options = settled;
  }

  protected override conclude(sums: Sums<Count>): Tensor {
    const { curve, summationMethod, multiLabel, labelWeights } = this.#options;
    if (sums.truePositives.ndim === 0) return sums.truePositives; // before the first batch
    const area =
      curve === "PR" && summationMethod === "interpolation" ? interpolatedPR(sums) : riemann(sums, this.#options);
    if (multiLabel !== true) return area;
    if (labelWeights === undefined) return area.mean();
    const weights = tensor([...labelWeights], { dtype: "float64" });
    return ratio(area.mul(weights).sum(), weights.sum());
  }
}

/** All thresholds but the last, and all but the first. */
function neighbours(x: Tensor): readonly [Tensor, Tensor] {
  return [x.slice([0, -1]), x.slice([1])];
}

/** Heights between neighbours times their distances, for each label. */
function riemann(sums: Sums<Count>, { curve, summationMethod }: AUCOptions): Tensor {
  const recall = recallOf(sums);
  const falseRate = ratio(sums.falsePositives, sums.falsePositives.add(sums.trueNegatives));
  const [[x, nextX], [y, nextY]] =
    curve === "ROC" ? [neighbours(falseRate), neighbours(recall)] : [neighbours(recall), neighbours(precisionOf(sums))];
  const height =
    summationMethod === "interpolation"
      ? y.add(nextY).div(2)
      : summationMethod === "minoring"
        ? y.minimum(nextY)
        : y.maximum(nextY);
  return x.sub(nextX).mul(height).sum({ axis: 0 });
}

/** The area under precision over recall where true and false positives change along a line between two thresholds. */
function interpolatedPR({ truePositives, falsePositives, falseNegatives }: Sums<Count>): Tensor {
  const [tp, nextTp] = neighbours(truePositives);
  const [all, nextAll] = neighbours(truePositives.add(falsePositives));
  const gained = tp.sub(nextTp);
  const slope = ratio(gained, all.sub(nextAll).clamp(0));
  const intercept = nextTp.sub(slope.mul(nextAll));
  const both = all.gt(0).logicalAnd(nextAll.gt(0));
  const growth = where(both, all.div(where(both, nextAll, 1)), 1);
  const [, nextFn] = neighbours(falseNegatives);
  return ratio(slope.mul(gained.add(intercept.mul(growth.log()))), nextTp.add(nextFn)).sum({ axis: 0 });
}
