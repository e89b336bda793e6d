import { type Tensor, ValueError } from "@tapegrad/tensor";
import { expectFunction, expectTensor, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { type MetricOptions, named } from "../metric-options.ts";
import { AveragedMetric } from "./averaged-metric.ts";

/** Gives a value for each sample or element of a batch: its leading axes are those of the target. */
export type MetricFunction = (predictions: Tensor, target: Tensor) => Tensor;

const table: OptionTable<MetricOptions> = { name: named("meanMetric") };

/**
 * The mean of what a function gives for each sample or element, over all batches: `Σ w · f(p, t) / Σ w`; 0 before the
 * first. A loss takes part as `(p, t) => loss(p, t, { reduction: "none" })`.
 *
 * Its name is that of the function unless given.
 *
 * @throws {ValueError} if `fn` is no function, or gives no tensor
 * @example
 * const within = new MeanMetric((p, t) => p.sub(t).abs().lt(0.5), { name: "within" });
 * within.update(tensor([1, 2, 3]), tensor([1.1, 2.9, 3]));
 * within.result().item(); // => 0.66667
 */
export class MeanMetric extends AveragedMetric {
  static override readonly name: string = "MeanMetric";

  readonly #fn: MetricFunction;

  constructor(fn: MetricFunction, options: MetricOptions = {}) {
    expectFunction("MeanMetric", "fn", fn);
    const { name } = settleOptions("MeanMetric", fn.name === "" ? options : { name: fn.name, ...options }, table);
    super(name);
    this.#fn = fn;
  }

  protected override values(fn: string, predictions: Tensor, target: Tensor): Tensor {
    const values: unknown = this.#fn(predictions, target);
    expectTensor(fn, "what the function gives", values);
    if (values.ndim > 0 || target.ndim === 0) return values;
    throw new ValueError(
      `${fn}: expected the function ${this.name} to give a value for each sample, got one number. Of a loss say { reduction: "none" }.`,
    );
  }
}
