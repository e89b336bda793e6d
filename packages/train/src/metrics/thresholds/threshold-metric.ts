import {
  onesLike,
  ShapeError,
  type SliceRange,
  tensor,
  type Tensor,
  topk,
  ValueError,
  where,
  zerosLike,
} from "@tapegrad/tensor";
import { expectElements, formatShape, isFloat } from "@tapegrad/tensor/internal";
import type { Sums } from "../accumulator.ts";
import { BatchMetric } from "../batch-metric.ts";
import { expectBinary } from "../expect-binary.ts";
import type { UpdateOptions } from "../metric.ts";
import { paired } from "../paired.ts";
import { counted, weightOf } from "../sample-weight.ts";

/** What a yes or no may be. */
export type Count = "truePositives" | "falsePositives" | "trueNegatives" | "falseNegatives";

/** Which answers are looked at, and what makes them a yes. */
export interface Decision {
  /** A yes is above the threshold. */
  readonly thresholds: readonly number[];
  /** Whether predictions are logits, of which the logistic function is taken first. */
  readonly fromLogits?: boolean;
  /** Only so many of the highest predictions along the last axis may be a yes. */
  readonly topK?: number | undefined;
  /** The only position along the last axis that is looked at. */
  readonly classId?: number | undefined;
  /** Whether each position along the last axis is counted for itself. */
  readonly perLabel?: boolean;
  /** How many of them there are, if it is known. */
  readonly numLabels?: number | undefined;
  /** How much each position along the last axis counts. */
  readonly labelWeights?: readonly number[] | undefined;
}

/**
 * A metric of yes and no, computed of how many answers are right and wrong at each of some thresholds. The sums have
 * shape `[thresholds]`, or `[thresholds, labels]`.
 */
export abstract class ThresholdMetric extends BatchMetric<Count> {
  static override readonly name: string = "ThresholdMetric";

  readonly #decision: Decision;

  constructor(name: string, decision: Decision) {
    const { thresholds, perLabel, numLabels } = decision;
    const whole = perLabel === true ? numLabels && [thresholds.length, numLabels] : [thresholds.length];
    const shape = whole === undefined || whole === 0 ? undefined : whole;
    super(name, { truePositives: shape, falsePositives: shape, trueNegatives: shape, falseNegatives: shape });
    this.#decision = decision;
  }

  protected override measure(fn: string, predictions: Tensor, target: Tensor, options: UpdateOptions): Sums<Count> {
    return countsAt(fn, predictions, target, options, this.#decision);
  }
}

/** Sums of weights by answer and truth at each threshold. */
function countsAt(
  fn: string,
  predictions: Tensor,
  target: Tensor,
  options: UpdateOptions,
  decision: Decision,
): Sums<Count> {
  const { thresholds, perLabel = false } = decision;
  const { answers, yes, weight } = lookedAt(fn, predictions, target, options, decision);
  const labels = perLabel ? columnsOf(fn, answers) : 1;
  const rows = (x: Tensor): Tensor => x.reshape([1, x.size / Math.max(labels, 1), labels]);
  const above = rows(answers).gt(tensor([...thresholds], { dtype: answers.dtype }).reshape([thresholds.length, 1, 1]));
  const below = above.logicalNot();
  const [positive, negative] = [rows(where(yes, weight, 0)), rows(where(yes, 0, weight))];
  const shape = perLabel ? [thresholds.length, labels] : [thresholds.length];
  const total = (is: Tensor, weights: Tensor): Tensor => where(is, weights, 0).sum({ axis: 1 }).reshape(shape);
  return {
    truePositives: total(above, positive),
    falsePositives: total(above, negative),
    trueNegatives: total(below, negative),
    falseNegatives: total(below, positive),
  };
}

/** Answers in [0, 1], or −∞ for none, the truth and weights of all that is looked at. */
function lookedAt(
  fn: string,
  predictions: Tensor,
  target: Tensor,
  options: UpdateOptions,
  { fromLogits = false, topK, classId, labelWeights }: Decision,
): { readonly answers: Tensor; readonly yes: Tensor; readonly weight: Tensor } {
  const [scores, truth] = paired(fn, predictions, target);
  const given = weightOf(fn, scores.shape, options);
  const floats = counted(isFloat(scores.dtype) ? scores : scores.to("float32"), given);
  const answers = fromLogits ? floats.sigmoid() : floats;
  expectProbabilities(fn, answers);
  expectBinary(fn, truth);
  const weight = given ?? onesLike(answers, { dtype: "float64" });
  const picked = (x: Tensor): Tensor => (classId === undefined ? x : pick(fn, x, classId));
  return {
    answers: picked(topK === undefined ? answers : onlyHighest(fn, answers, topK)),
    yes: picked(truth.ne(0)),
    weight: picked(labelWeights === undefined ? weight : weight.mul(perColumn(fn, answers, labelWeights))),
  };
}

function expectProbabilities(fn: string, predictions: Tensor): void {
  expectElements(predictions, {
    within: [[0, 1]],
    error: (p) =>
      new ValueError(`${fn}: expected predictions in [0, 1], got ${p}. Of logits make it with { fromLogits: true }.`),
  });
}

/** Predictions that are not among the highest, made lower than any threshold. */
function onlyHighest(fn: string, predictions: Tensor, topK: number): Tensor {
  const labels = columnsOf(fn, predictions);
  if (topK > labels) throw new ValueError(`${fn}: expected topK of at most ${labels} labels, got ${topK}.`);
  const { indices } = topk(predictions, topK);
  const among = zerosLike(predictions).scatterAdd(-1, indices, onesLike(indices, { dtype: predictions.dtype }));
  return predictions.maskedFill(among.eq(0), -Infinity);
}

/** Extent of the last axis, behind one of samples. */
function columnsOf(fn: string, { shape }: Tensor): number {
  if (shape.length < 2)
    throw new ShapeError(`${fn}: expected predictions [N, ..., labels], got ${formatShape(shape)}.`);
  return shape.at(-1)!;
}

/** One weight for each position along the last axis. */
function perColumn(fn: string, answers: Tensor, labelWeights: readonly number[]): Tensor {
  const labels = columnsOf(fn, answers);
  if (labelWeights.length === labels) return tensor([...labelWeights], { dtype: "float64" });
  throw new ShapeError(`${fn}: expected as many labelWeights as labels, ${labels}, got ${labelWeights.length}.`);
}

/** What stands at one position of the last axis. */
function pick(fn: string, x: Tensor, classId: number): Tensor {
  const labels = columnsOf(fn, x);
  if (classId >= labels) throw new ValueError(`${fn}: expected classId in [0, ${labels}), got ${classId}.`);
  return x.slice(...x.shape.slice(1).map((): SliceRange => []), classId);
}
