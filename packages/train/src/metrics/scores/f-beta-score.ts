import { oneHot, ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  formatShape,
  isFloat,
  option,
  optional,
  type OptionTable,
  ranges,
  sameShape,
  settleOptions,
} from "@tapegrad/tensor/internal";
import type { Sums } from "../accumulator.ts";
import { BatchMetric } from "../batch-metric.ts";
import { expectBinary } from "../expect-binary.ts";
import type { UpdateOptions } from "../metric.ts";
import { type MetricOptions, named } from "../metric-options.ts";
import { ratio } from "../ratio.ts";
import { weighted, weightOf } from "../sample-weight.ts";

/** Options of {@link F1Score}. */
export interface F1ScoreOptions extends MetricOptions {
  /**
   * What becomes of the scores of the classes: their mean with "macro", weighted by how often each is true with
   * "weighted", one score of all counts together with "micro"; one score for each class unless given.
   */
  readonly average?: "micro" | "macro" | "weighted" | undefined;
  /** What a prediction must exceed to be a yes; the highest of each sample is unless given. */
  readonly threshold?: number | undefined;
}

/** Options of {@link FBetaScore}. */
export interface FBetaScoreOptions extends F1ScoreOptions {
  /** How much recall counts more than precision; 1 unless given. */
  readonly beta?: number;
}

const tableOf = (name: string): OptionTable<F1ScoreOptions> => ({
  average: optional(ranges.oneOf("micro", "macro", "weighted")),
  threshold: optional(ranges.finite),
  name: named(name),
});

const betaTable: OptionTable<FBetaScoreOptions> = { beta: option(ranges.positive, 1), ...tableOf("fBetaScore") };

type Count = "truePositives" | "falsePositives" | "falseNegatives";

/**
 * The harmonic mean of precision and recall, of which recall counts β times as much:
 * `(1 + β²) · TP / ((1 + β²) · TP + β² · FN + FP)` of each class; 0 of a class that neither is true nor predicted.
 *
 * Predictions are `[N, C]`, probabilities or logits; targets have that shape and are 0 or 1, or are classes, int32 `[N]`.
 *
 * @see van Rijsbergen, Information Retrieval (1979)
 * @example
 * const metric = new FBetaScore({ beta: 2, threshold: 0.5 });
 * metric.update(tensor([[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0]]), tensor([[1, 1, 1], [1, 0, 0], [1, 1, 0]]));
 * metric.result().toArray(); // => [0.38462, 0.90909, 0.83333]
 */
export class FBetaScore extends BatchMetric<Count> {
  static override readonly name: string = "FBetaScore";

  readonly #options: Required<Omit<FBetaScoreOptions, "name">>;

  constructor(options: FBetaScoreOptions = {}) {
    const { name, ...rest } = settleOptions("FBetaScore", options, betaTable);
    super(name, { truePositives: undefined, falsePositives: undefined, falseNegatives: undefined });
    this.#options = rest;
  }

  protected override measure(fn: string, predictions: Tensor, target: Tensor, options: UpdateOptions): Sums<Count> {
    const truth = binaryTarget(fn, predictions, target);
    const weight = weightOf(fn, predictions.shape, options);
    const { threshold } = this.#options;
    const chosen = threshold === undefined ? highest(predictions) : predictions.gt(threshold);
    const total = (is: Tensor): Tensor => weighted(is, weight).sum({ axis: 0 });
    return {
      truePositives: total(chosen.logicalAnd(truth)),
      falsePositives: total(chosen.logicalAnd(truth.logicalNot())),
      falseNegatives: total(chosen.logicalNot().logicalAnd(truth)),
    };
  }

  protected override conclude(sums: Sums<Count>): Tensor {
    const { average, beta } = this.#options;
    const counts = [sums.truePositives, sums.falsePositives, sums.falseNegatives];
    const [right, wrong, missed] = (average === "micro" ? counts.map((c) => c.sum()) : counts) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const gain = right.mul(1 + beta ** 2);
    const scores = ratio(gain, gain.add(missed.mul(beta ** 2)).add(wrong));
    if (average === "macro") return scores.mean();
    if (average !== "weighted") return scores;
    const support = right.add(missed);
    return ratio(scores.mul(support).sum(), support.sum());
  }
}

/**
 * The harmonic mean of precision and recall, `2 · TP / (2 · TP + FN + FP)` of each class: {@link FBetaScore} with a β of 1.
 *
 * @example
 * const metric = new F1Score({ average: "macro" });
 * metric.update(tensor([[3, 1], [0, 2], [1, 2]]), tensor([0, 1, 0], { dtype: "int32" }));
 * metric.result().item(); // => 0.66667
 */
export class F1Score extends FBetaScore {
  static override readonly name: string = "F1Score";

  constructor(options: F1ScoreOptions = {}) {
    super(settleOptions("F1Score", options, tableOf("f1Score")));
  }
}

/** Where the highest of each sample stands; nowhere in a sample of zeros. */
function highest(predictions: Tensor): Tensor {
  return predictions.ge(predictions.max({ axis: 1, keepDims: true })).logicalAnd(predictions.ne(0));
}

/** What is true of each class, as a bool tensor in the shape of the predictions. */
function binaryTarget(fn: string, predictions: Tensor, target: Tensor): Tensor {
  const { shape } = predictions;
  if (shape.length === 2 && sameShape(shape, target.shape)) {
    expectBinary(fn, target);
    return target.ne(0);
  }
  if (shape.length === 2 && sameShape(shape.slice(0, 1), target.shape) && !isFloat(target.dtype)) {
    return oneHot(target.to("int32"), shape[1]!, { dtype: "bool" });
  }
  throw new ShapeError(
    `${fn}: expected predictions [N, C] and a target of 0 and 1 of that shape, or classes, int32 [N], got ` +
      `${formatShape(shape)} and ${target.dtype} ${formatShape(target.shape)}.`,
  );
}
