import type { Tensor } from "@tapegrad/tensor";
import { full } from "@tapegrad/tensor";
import type { Sums } from "../accumulator.ts";
import { BatchMetric } from "../batch-metric.ts";
import type { UpdateOptions } from "../metric.ts";
import { ratio } from "../ratio.ts";
import { weighted, weightOf } from "../sample-weight.ts";

/** What a mean is computed of. */
export type MeanSums = Sums<"total" | "count">;

/** The shapes of them. */
export const meanShapes = { total: [], count: [] } as const;

/** `Σ w · v` and `Σ w` */
export function meanSums(fn: string, values: Tensor, options: UpdateOptions): MeanSums {
  const weight = weightOf(fn, values.shape, options);
  return {
    total: weighted(values, weight).sum(),
    count: weight === undefined ? full([], values.size, { dtype: "float64" }) : weight.sum(),
  };
}

/** A metric that is the mean of one value for each sample or element: `Σ w · v / Σ w`, 0 of nothing */
export abstract class AveragedMetric extends BatchMetric<"total" | "count"> {
  static override readonly name: string = "AveragedMetric";

  constructor(name: string) {
    super(name, meanShapes);
  }

  /** The values of a batch, whose leading axes are those of the target. */
  protected abstract values(fn: string, predictions: Tensor, target: Tensor): Tensor;

  protected override measure(fn: string, predictions: Tensor, target: Tensor, options: UpdateOptions): MeanSums {
    return meanSums(fn, this.values(fn, predictions, target), options);
  }

  protected override conclude({ total, count }: MeanSums): Tensor {
    return ratio(total, count);
  }
}
