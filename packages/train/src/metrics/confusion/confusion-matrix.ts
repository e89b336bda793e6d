import { type Tensor } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges, required, settleOptions } from "@tapegrad/tensor/internal";
import type { Sums } from "../accumulator.ts";
import { type MetricOptions, named } from "../metric-options.ts";
import { ratio } from "../ratio.ts";
import { ConfusionMetric } from "./confusion-metric.ts";

/** Options of {@link ConfusionMatrix}. */
export interface ConfusionMatrixOptions extends MetricOptions {
  /** How many classes there are. */
  readonly numClasses: number;
  /** Whether predictions are classes, int32, and not scores along axis 1; false unless given. */
  readonly sparsePredictions?: boolean;
  /** A target that does not count; every one counts unless given. */
  readonly ignoreClass?: number | undefined;
  /** What the entries are parts of: of each class of the target, of each predicted one, or of all; counts unless given. */
  readonly normalize?: "target" | "predictions" | "all" | undefined;
}

const table: OptionTable<ConfusionMatrixOptions> = {
  numClasses: required(ranges.count),
  sparsePredictions: option(ranges.flag, false),
  ignoreClass: optional(ranges.integer),
  normalize: optional(ranges.oneOf("target", "predictions", "all")),
  name: named("confusionMatrix"),
};

/**
 * How often each class, in rows, was taken for each, in columns: `Σ w` of targets of class i that are predicted as j.
 *
 * Predictions are scores `[N, C, ...]`, logits or probabilities, or classes with `sparsePredictions`; targets are classes,
 * int32 `[N, ...]`.
 *
 * @example
 * const matrix = new ConfusionMatrix({ numClasses: 2 });
 * matrix.update(tensor([[3, 1], [0, 2], [1, 2]]), tensor([0, 1, 0], { dtype: "int32" }));
 * matrix.result().toArray(); // => [[1, 1], [0, 1]]
 */
export class ConfusionMatrix extends ConfusionMetric {
  static override readonly name: string = "ConfusionMatrix";

  readonly #normalize: ConfusionMatrixOptions["normalize"];

  constructor(options: ConfusionMatrixOptions) {
    const { name, normalize, ...classes } = settleOptions("ConfusionMatrix", options, table);
    super(name, { ...classes, sparseTarget: true, axis: 1 });
    this.#normalize = normalize;
  }

  protected override conclude({ matrix }: Sums<"matrix">): Tensor {
    if (this.#normalize === undefined) return matrix;
    if (this.#normalize === "all") return ratio(matrix, matrix.sum());
    return ratio(matrix, matrix.sum({ axis: this.#normalize === "target" ? 1 : 0, keepDims: true }));
  }
}
