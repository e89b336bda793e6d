import { functional } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { type MetricOptions, named, nameOf } from "../metric-options.ts";
import { paired } from "../paired.ts";
import { AveragedMetric } from "./averaged-metric.ts";
import { LossMetric } from "./loss-metric.ts";

/** Options of the metrics of cross-entropy. */
export interface CrossentropyOptions extends MetricOptions {
  /** Whether predictions are logits and no probabilities; false unless given. */
  readonly fromLogits?: boolean;
  /** Share of each target that is spread over all classes, in [0, 1]; 0 unless given. */
  readonly labelSmoothing?: number;
}

const tableOf = (name: string): OptionTable<CrossentropyOptions> => ({
  fromLogits: option(ranges.flag, false),
  labelSmoothing: option(ranges.unit, 0),
  name: named(name),
});

/**
 * `mean −(t · log p + (1 − t) · log(1 − p))`, element by element, with logarithms of at least −100
 *
 * @example
 * const metric = new BinaryCrossentropy();
 * metric.update(tensor([[0.6, 0.4], [0.4, 0.6]]), tensor([[0, 1], [0, 0]]));
 * metric.result().item(); // => 0.81492
 */
export class BinaryCrossentropy extends AveragedMetric {
  static override readonly name: string = "BinaryCrossentropy";

  readonly #loss: functional.LossFunction;
  readonly #smoothing: number;

  constructor(options: CrossentropyOptions = {}) {
    const { name, fromLogits, labelSmoothing } = settleOptions("BinaryCrossentropy", options, tableOf("binaryCrossentropy")); // prettier-ignore
    super(name);
    this.#loss = fromLogits ? functional.binaryCrossEntropyWithLogits : functional.binaryCrossEntropy;
    this.#smoothing = labelSmoothing;
  }

  protected override values(fn: string, predictions: Tensor, target: Tensor): Tensor {
    const [p, t] = paired(fn, predictions, target);
    const smoothed = this.#smoothing === 0 ? t : t.mul(1 - this.#smoothing).add(this.#smoothing / 2);
    return this.#loss(p, smoothed, { reduction: "none" });
  }
}

/** The cross-entropy of classes along axis 1. */
abstract class ClassCrossentropy extends AveragedMetric {
  readonly #options: { readonly fromLogits: boolean; readonly labelSmoothing: number };

  constructor(Class: string, standard: string, options: CrossentropyOptions) {
    const { name, ...rest } = settleOptions(Class, options, tableOf(standard));
    super(name);
    this.#options = rest;
  }

  protected override values(_fn: string, predictions: Tensor, target: Tensor): Tensor {
    return functional.categoricalCrossEntropy(predictions, target, { ...this.#options, reduction: "none" });
  }
}

/**
 * `mean −Σ_c t[c] · log p[c]`, with classes along axis 1, a target of probabilities, such as one-hot, in the shape of the
 * predictions, and predicted probabilities of at least 1e-7 that are divided by their sum
 *
 * @throws {ValueError} for predictions outside [0, 1] that are not said to be logits
 * @example
 * const metric = new CategoricalCrossentropy();
 * metric.update(tensor([[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), tensor([[0, 1, 0], [0, 0, 1]]));
 * metric.result().item(); // => 1.17694
 */
export class CategoricalCrossentropy extends ClassCrossentropy {
  static override readonly name: string = "CategoricalCrossentropy";

  constructor(options: CrossentropyOptions = {}) {
    super("CategoricalCrossentropy", "categoricalCrossentropy", options);
  }
}

/**
 * `mean −log p[t]`, with classes along axis 1, a target of classes, int32, and predicted probabilities of at least 1e-7
 * that are divided by their sum
 *
 * @throws {ValueError} for predictions outside [0, 1] that are not said to be logits
 * @example
 * const metric = new SparseCategoricalCrossentropy();
 * metric.update(tensor([[0.05, 0.95, 0], [0.1, 0.8, 0.1]]), tensor([1, 2], { dtype: "int32" }));
 * metric.result().item(); // => 1.17694
 */
export class SparseCategoricalCrossentropy extends ClassCrossentropy {
  static override readonly name: string = "SparseCategoricalCrossentropy";

  constructor(options: CrossentropyOptions = {}) {
    super("SparseCategoricalCrossentropy", "sparseCategoricalCrossentropy", options);
  }
}

/**
 * `mean Σ_c t[c] · log(t[c] / p[c])`, with classes along axis 1 and predicted probabilities of at least 1e-7
 *
 * @example
 * const metric = new KLDivergence();
 * metric.update(tensor([[0.6, 0.4], [0.5, 0.5]]), tensor([[0, 1], [0.5, 0.5]]));
 * metric.result().item(); // => 0.45815
 */
export class KLDivergence extends LossMetric {
  static override readonly name: string = "KLDivergence";

  constructor(options: MetricOptions = {}) {
    super(nameOf("KLDivergence", options, "klDivergence"), functional.klDivergenceLoss);
  }
}

/**
 * `mean p − t · log(p + 1e-7)`, of rates `p` and counts `t`
 *
 * @example
 * const metric = new Poisson();
 * metric.update(tensor([[1, 1], [0, 0]]), tensor([[0, 1], [0, 0]]));
 * metric.result().item(); // => 0.5
 */
export class Poisson extends LossMetric {
  static override readonly name: string = "Poisson";

  constructor(options: MetricOptions = {}) {
    super(nameOf("Poisson", options, "poisson"), functional.poissonLoss);
  }
}
