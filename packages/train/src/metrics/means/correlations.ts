import type { Tensor } from "@tapegrad/tensor";
import { normalizeAxis, settleOptions } from "@tapegrad/tensor/internal";
import { paired } from "../paired.ts";
import { ratio } from "../ratio.ts";
import { type AlongAxisOptions, alongAxisTable } from "./along-axis.ts";
import { AveragedMetric } from "./averaged-metric.ts";

/** Means, variances and covariance along an axis, float64. */
interface Moments {
  readonly gap: Tensor;
  readonly variances: readonly [Tensor, Tensor];
  readonly covariance: Tensor;
}

/** The mean over samples of a figure of the moments of predictions and target along an axis. */
abstract class CorrelationMetric extends AveragedMetric {
  readonly #axis: number;

  constructor({ name, axis }: Required<AlongAxisOptions>) {
    super(name);
    this.#axis = axis;
  }

  protected abstract figure(moments: Moments): Tensor;

  protected override values(fn: string, predictions: Tensor, target: Tensor): Tensor {
    const [p, t] = paired(fn, predictions, target).map((x) => x.to("float64")) as [Tensor, Tensor];
    const axis = normalizeAxis(fn, this.#axis, p.ndim);
    const [meanP, meanT] = [p, t].map((x) => x.mean({ axis, keepDims: true })) as [Tensor, Tensor];
    const [fromP, fromT] = [p.sub(meanP), t.sub(meanT)];
    const mean = (x: Tensor): Tensor => x.mean({ axis });
    return this.figure({
      gap: mean(meanP.sub(meanT)),
      variances: [mean(fromP.square()), mean(fromT.square())],
      covariance: mean(fromP.mul(fromT)),
    });
  }
}

/**
 * Pearson's correlation of predictions and target along an axis, `cov(p, t) / (σ(p) · σ(t))`, as the mean over samples; 0
 * where one of them does not vary.
 *
 * @example
 * const metric = new PearsonCorrelation();
 * metric.update(tensor([[0.1, 0.9, 0.5], [1, 0.9, 0.2]]), tensor([[0, 1, 0.5], [1, 1, 0.2]]));
 * metric.result().item(); // => 0.9967
 */
export class PearsonCorrelation extends CorrelationMetric {
  static override readonly name: string = "PearsonCorrelation";

  constructor(options: AlongAxisOptions = {}) {
    super(settleOptions("PearsonCorrelation", options, alongAxisTable("pearsonCorrelation")));
  }

  protected override figure({ variances: [p, t], covariance }: Moments): Tensor {
    return ratio(covariance, p.sqrt().mul(t.sqrt()));
  }
}

/**
 * Lin's concordance of predictions and target along an axis, `2 · cov(p, t) / (σ²(p) + σ²(t) + (mean p − mean t)²)`, as the
 * mean over samples: a correlation that being off by a factor or a constant lessens; 0 where both are one constant.
 *
 * @see Lin, A concordance correlation coefficient to evaluate reproducibility (1989), https://doi.org/10.2307/2532051
 * @example
 * const metric = new ConcordanceCorrelation();
 * metric.update(tensor([[0.1, 0.9, 0.5], [1, 0.9, 0.2]]), tensor([[0, 1, 0.5], [1, 1, 0.2]]));
 * metric.result().item(); // => 0.98163
 */
export class ConcordanceCorrelation extends CorrelationMetric {
  static override readonly name: string = "ConcordanceCorrelation";

  constructor(options: AlongAxisOptions = {}) {
    super(settleOptions("ConcordanceCorrelation", options, alongAxisTable("concordanceCorrelation")));
  }

  protected override figure({ gap, variances: [p, t], covariance }: Moments): Tensor {
    return ratio(covariance.mul(2), p.add(t).add(gap.square()));
  }
}
