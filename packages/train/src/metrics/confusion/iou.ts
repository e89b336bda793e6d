import { type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import {
  type Option,
  option,
  optional,
  type OptionTable,
  ranges,
  required,
  settleOptions,
} from "@tapegrad/tensor/internal";
import type { Sums } from "../accumulator.ts";
import { expectBinary } from "../expect-binary.ts";
import type { UpdateOptions } from "../metric.ts";
import { type MetricOptions, named } from "../metric-options.ts";
import { paired } from "../paired.ts";
import { ratio } from "../ratio.ts";
import { type Classes, ConfusionMetric } from "./confusion-metric.ts";

/** Options of {@link MeanIoU} and {@link OneHotMeanIoU}. */
export interface MeanIoUOptions extends MetricOptions {
  /** How many classes there are. */
  readonly numClasses: number;
  /** A target that does not count; every one counts unless given. */
  readonly ignoreClass?: number | undefined;
  /** Whether targets are classes, int32, and not one-hot along `axis`; true unless given, of the one-hot metrics false. */
  readonly sparseTarget?: boolean;
  /** Whether predictions are classes, int32, and not scores along `axis`; true unless given, of the one-hot metrics false. */
  readonly sparsePredictions?: boolean;
  /** Where scores and one-hot targets have their classes; 1 unless given, as for losses. */
  readonly axis?: number;
}

/** Options of {@link IoU} and {@link OneHotIoU}. */
export interface IoUOptions extends MeanIoUOptions {
  /** The classes of which the mean is taken. */
  readonly targetClassIds: readonly number[];
}

const ids = ranges.listOf(ranges.whole(0));

const tableOf = (name: string, sparse: boolean): OptionTable<MeanIoUOptions> => ({
  numClasses: required(ranges.count),
  ignoreClass: optional(ranges.integer),
  sparseTarget: option(ranges.flag, sparse),
  sparsePredictions: option(ranges.flag, sparse),
  axis: option(ranges.integer, 1),
  name: named(name),
});

const idsTableOf = (name: string, sparse: boolean): OptionTable<IoUOptions> => ({
  targetClassIds: required(ids),
  ...tableOf(name, sparse),
});

/** The mean intersection over union of some classes; one that neither is true nor predicted is left out. */
abstract class IoUMetric extends ConfusionMetric {
  readonly #ids: readonly number[];

  constructor(Class: string, options: Classes & { readonly name: string }, targetClassIds: readonly number[]) {
    const wrong = targetClassIds.find((id) => id >= options.numClasses);
    if (wrong !== undefined || targetClassIds.length === 0) {
      throw new ValueError(
        `${Class}: expected targetClassIds in [0, ${options.numClasses}), at least one, got ${wrong ?? "none"}.`,
      );
    }
    super(options.name, options);
    this.#ids = targetClassIds;
  }

  protected override conclude({ matrix }: Sums<"matrix">): Tensor {
    const all = matrix.shape[0]!;
    const index = tensor([...this.#ids], { dtype: "int32" });
    const both = matrix.flatten().indexSelect(0, index.mul(all + 1)); // the diagonal
    const either = matrix
      .sum({ axis: 0 })
      .add(matrix.sum({ axis: 1 }))
      .indexSelect(0, index)
      .sub(both);
    return ratio(ratio(both, either).sum(), either.gt(0).to("float64").sum());
  }
}

/** All classes from 0 on. */
const everyClass = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/**
 * The intersection over union, `TP / (TP + FP + FN)`, of the classes that are named: their mean. A class that neither is
 * true nor predicted is left out; 0 if all are.
 *
 * @example
 * const metric = new IoU({ numClasses: 2, targetClassIds: [0] });
 * metric.update(tensor([0, 1, 0, 1], { dtype: "int32" }), tensor([0, 0, 1, 1], { dtype: "int32" }));
 * metric.result().item(); // => 0.33333
 */
export class IoU extends IoUMetric {
  static override readonly name: string = "IoU";

  constructor(options: IoUOptions) {
    const settled = settleOptions("IoU", options, idsTableOf("iou", true));
    super("IoU", settled, settled.targetClassIds);
  }
}

/**
 * The intersection over union, `TP / (TP + FP + FN)`, as the mean of all classes; one that neither is true nor predicted
 * is left out, 0 if all are.
 *
 * @example
 * const metric = new MeanIoU({ numClasses: 2 });
 * metric.update(tensor([0, 1, 0, 1], { dtype: "int32" }), tensor([0, 0, 1, 1], { dtype: "int32" }));
 * metric.result().item(); // => 0.33333
 */
export class MeanIoU extends IoUMetric {
  static override readonly name: string = "MeanIoU";

  constructor(options: MeanIoUOptions) {
    const settled = settleOptions("MeanIoU", options, tableOf("meanIoU", true));
    super("MeanIoU", settled, everyClass(settled.numClasses));
  }
}

/**
 * {@link IoU} of one-hot targets and of scores, whose highest are taken.
 *
 * @example
 * const metric = new OneHotIoU({ numClasses: 3, targetClassIds: [0, 2] });
 * const target = tensor([[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0]]);
 * metric.update(tensor([[0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.5, 0.3, 0.1], [0.1, 0.4, 0.5]]), target);
 * metric.result().item(); // => 0.16667
 */
export class OneHotIoU extends IoUMetric {
  static override readonly name: string = "OneHotIoU";

  constructor(options: IoUOptions) {
    const settled = settleOptions("OneHotIoU", options, idsTableOf("oneHotIoU", false));
    super("OneHotIoU", settled, settled.targetClassIds);
  }
}

/**
 * {@link MeanIoU} of one-hot targets and of scores, whose highest are taken.
 *
 * @example
 * const metric = new OneHotMeanIoU({ numClasses: 3 });
 * const target = tensor([[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0]]);
 * metric.update(tensor([[0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.5, 0.3, 0.1], [0.1, 0.4, 0.5]]), target);
 * metric.result().item(); // => 0.11111
 */
export class OneHotMeanIoU extends IoUMetric {
  static override readonly name: string = "OneHotMeanIoU";

  constructor(options: MeanIoUOptions) {
    const settled = settleOptions("OneHotMeanIoU", options, tableOf("oneHotMeanIoU", false));
    super("OneHotMeanIoU", settled, everyClass(settled.numClasses));
  }
}

/** Options of {@link BinaryIoU}. */
export interface BinaryIoUOptions extends MetricOptions {
  /** The classes of which the mean is taken: no is 0, yes is 1; both unless given. */
  readonly targetClassIds?: readonly number[];
  /** From which prediction on it is a yes; 0.5 unless given. */
  readonly threshold?: number;
}

const both: Option<readonly number[]> = option(ids, [0, 1]);

const binaryTable: OptionTable<BinaryIoUOptions> = {
  targetClassIds: both,
  threshold: option(ranges.finite, 0.5),
  name: named("binaryIoU"),
};

/**
 * {@link IoU} of yes and no: a prediction is a yes if `p ≥ threshold`. The target has its shape and is 0 or 1.
 *
 * @example
 * const metric = new BinaryIoU({ threshold: 0.3 });
 * metric.update(tensor([0.1, 0.2, 0.4, 0.7]), tensor([0, 1, 0, 1]));
 * metric.result().item(); // => 0.33333
 */
export class BinaryIoU extends IoUMetric {
  static override readonly name: string = "BinaryIoU";

  readonly #threshold: number;

  constructor(options: BinaryIoUOptions = {}) {
    const { name, targetClassIds, threshold } = settleOptions("BinaryIoU", options, binaryTable);
    super("BinaryIoU", { name, numClasses: 2, sparseTarget: true, sparsePredictions: true, axis: 1 }, targetClassIds);
    this.#threshold = threshold;
  }

  protected override measure(fn: string, predictions: Tensor, target: Tensor, options: UpdateOptions): Sums<"matrix"> {
    const [p, t] = paired(fn, predictions, target);
    expectBinary(fn, t);
    return super.measure(fn, p.ge(this.#threshold), t.to("int32"), options);
  }
}
