import type { Tensor } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { type MetricOptions, named, nameOf } from "../metric-options.ts";
import { paired } from "../paired.ts";
import { AveragedMetric } from "./averaged-metric.ts";
import { classesOf, isAmongHighest } from "./class-scores.ts";

/**
 * How often predictions equal the target, element by element; 0 before the first update.
 *
 * It compares values as they are, such as classes that are chosen already. Of scores see {@link SparseCategoricalAccuracy}
 * and {@link BinaryAccuracy}.
 *
 * @example
 * const metric = new Accuracy();
 * metric.update(tensor([0, 2, 3, 4]), tensor([1, 2, 3, 4]));
 * metric.result().item(); // => 0.75
 */
export class Accuracy extends AveragedMetric {
  static override readonly name: string = "Accuracy";

  constructor(options: MetricOptions = {}) {
    super(nameOf("Accuracy", options, "accuracy"));
  }

  protected override values(fn: string, predictions: Tensor, target: Tensor): Tensor {
    const [p, t] = paired(fn, predictions, target);
    return p.eq(t);
  }
}

/** Options of {@link BinaryAccuracy}. */
export interface BinaryAccuracyOptions extends MetricOptions {
  /** What predictions must exceed to be a yes; 0.5 unless given. Of logits it is 0. */
  readonly threshold?: number;
}

const binaryTable: OptionTable<BinaryAccuracyOptions> = {
  name: named("binaryAccuracy"),
  threshold: option(ranges.finite, 0.5),
};

/**
 * How often a yes or no is right, element by element: a yes is `p > threshold`; 0 before the first update.
 *
 * @example
 * const metric = new BinaryAccuracy();
 * metric.update(tensor([0.98, 1, 0, 0.6]), tensor([1, 1, 0, 0]));
 * metric.result().item(); // => 0.75
 */
export class BinaryAccuracy extends AveragedMetric {
  static override readonly name: string = "BinaryAccuracy";

  readonly #threshold: number;

  constructor(options: BinaryAccuracyOptions = {}) {
    const { name, threshold } = settleOptions("BinaryAccuracy", options, binaryTable);
    super(name);
    this.#threshold = threshold;
  }

  protected override values(fn: string, predictions: Tensor, target: Tensor): Tensor {
    const [p, t] = paired(fn, predictions, target);
    return p.gt(this.#threshold).eq(t);
  }
}

/**
 * How often the class of the highest score, along axis 1, is that of the target, one-hot or probabilities in the shape of
 * the scores; 0 before the first update. Scores may be logits or probabilities.
 *
 * @example
 * const metric = new CategoricalAccuracy();
 * metric.update(tensor([[0.1, 0.9, 0.8], [0.05, 0.95, 0]]), tensor([[0, 0, 1], [0, 1, 0]]));
 * metric.result().item(); // => 0.5
 */
export class CategoricalAccuracy extends AveragedMetric {
  static override readonly name: string = "CategoricalAccuracy";

  constructor(options: MetricOptions = {}) {
    super(nameOf("CategoricalAccuracy", options, "categoricalAccuracy"));
  }

  protected override values(fn: string, predictions: Tensor, target: Tensor): Tensor {
    return isAmongHighest(predictions, classesOf(fn, predictions, target), 1);
  }
}

/**
 * How often the class of the highest score, along axis 1, is the target, an int32 tensor of classes; 0 before the first
 * update. Scores may be logits or probabilities.
 *
 * @example
 * const metric = new SparseCategoricalAccuracy();
 * metric.update(tensor([[0.1, 0.6, 0.3], [0.05, 0.95, 0]]), tensor([2, 1], { dtype: "int32" }));
 * metric.result().item(); // => 0.5
 */
export class SparseCategoricalAccuracy extends AveragedMetric {
  static override readonly name: string = "SparseCategoricalAccuracy";

  constructor(options: MetricOptions = {}) {
    super(nameOf("SparseCategoricalAccuracy", options, "sparseCategoricalAccuracy"));
  }

  protected override values(_fn: string, predictions: Tensor, target: Tensor): Tensor {
    return isAmongHighest(predictions, target, 1);
  }
}

/** Options of {@link TopKCategoricalAccuracy} and {@link SparseTopKCategoricalAccuracy}. */
export interface TopKOptions extends MetricOptions {
  /** How many of the highest scores may be the right one; 5 unless given. */
  readonly k?: number;
}

const topKTable = (name: string): OptionTable<TopKOptions> => ({ k: option(ranges.count, 5), name: named(name) });

/**
 * How often the class of the target, one-hot or probabilities in the shape of the scores, is among the `k` highest scores
 * along axis 1; 0 before the first update. Of equal scores the first class is higher.
 *
 * @throws {ValueError} for a `k` of more classes than there are
 * @example
 * const metric = new TopKCategoricalAccuracy({ k: 2 });
 * metric.update(tensor([[0.1, 0.9, 0.8], [0.05, 0.95, 0]]), tensor([[0, 0, 1], [0, 0, 1]]));
 * metric.result().item(); // => 0.5
 */
export class TopKCategoricalAccuracy extends AveragedMetric {
  static override readonly name: string = "TopKCategoricalAccuracy";

  readonly #k: number;

  constructor(options: TopKOptions = {}) {
    const { name, k } = settleOptions("TopKCategoricalAccuracy", options, topKTable("topKCategoricalAccuracy"));
    super(name);
    this.#k = k;
  }

  protected override values(fn: string, predictions: Tensor, target: Tensor): Tensor {
    return isAmongHighest(predictions, classesOf(fn, predictions, target), this.#k);
  }
}

/**
 * How often the target, an int32 tensor of classes, is among the `k` highest scores along axis 1; 0 before the first
 * update. Of equal scores the first class is higher.
 *
 * @throws {ValueError} for a `k` of more classes than there are
 * @example
 * const metric = new SparseTopKCategoricalAccuracy({ k: 2 });
 * metric.update(tensor([[0.1, 0.9, 0.8], [0.05, 0.95, 0]]), tensor([2, 2], { dtype: "int32" }));
 * metric.result().item(); // => 0.5
 */
export class SparseTopKCategoricalAccuracy extends AveragedMetric {
  static override readonly name: string = "SparseTopKCategoricalAccuracy";

  readonly #k: number;

  constructor(options: TopKOptions = {}) {
    const standard = topKTable("sparseTopKCategoricalAccuracy");
    const { name, k } = settleOptions("SparseTopKCategoricalAccuracy", options, standard);
    super(name);
    this.#k = k;
  }

  protected override values(_fn: string, predictions: Tensor, target: Tensor): Tensor {
    return isAmongHighest(predictions, target, this.#k);
  }
}
