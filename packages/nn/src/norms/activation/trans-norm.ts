import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { expectNothing, formatShape, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkVectors } from "../../module/check-vector.ts";
import { affineChannels, checkChannels, perChannel } from "../channels.ts";
import { batches, type GivenFacts } from "../norm-facts.ts";
import { fused } from "../standardized.ts";
import {
  normalizeSets,
  type SetsArguments,
  setsArguments,
  type StatisticsSetsOptions,
  setsOptions,
  StatisticsSets,
} from "../statistics-sets.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "TransNorm(features)",
  axes: "every channel over the half of the batch that is of its domain, and all positions",
  formula: "y = (γ · (x − μ_d) / √(σ_d² + ε) + β) · (1 + α)",
  parameters: "γ, β of `[features]`",
  state: "running mean and variance of source and target",
  paper: { title: "Wang et al. 2019", link: "https://papers.nips.cc/paper/8470" },
  invariances: ["scale of the weights", "scale of one neuron's weights", "scale of the data"],
  gradientInvariances: batches,
  centred: false,
  evaluation: "by its state",
  held: true,
};

/** Options of {@link transNorm}; running statistics are `[2, C]`, of source and target. */
export interface TransNormArguments extends SetsArguments {
  /** The domain of a batch in evaluation; the target unless given. */
  readonly domain?: "source" | "target";
}

const argumentTable: OptionTable<TransNormArguments> = {
  ...setsArguments,
  domain: option(ranges.oneOf("source", "target"), "target"),
};

/** `α = C·p / Σ p` with `p = 1 / (1 + |m_source − m_target|)`, `[C]`, of means in deviations `[2, C]`. */
function transferability(means: Tensor): Tensor {
  const p = means.slice(0).sub(means.slice(1)).abs().add(1).reciprocal();
  return p.div(p.mean());
}

/**
 * Transferable normalization for domain adaptation: source and target are standardized apart, with one γ and β, and
 * channels in which the two are alike are strengthened.
 *
 * `y = (γ · (x − μ_d) / √(σ_d² + ε) + β) · (1 + α)` with `α_c = C · p_c / Σ p` and
 * `p_c = 1 / (1 + |μ_s/√(σ_s² + ε) − μ_t/√(σ_t² + ε)|)`, a constant for the gradient. In training the first half of the batch
 * is of the source, the other half of the target; in evaluation all of it is of one domain, and the statistics are the running ones.
 * Backward in training: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` over each half, with `g = (1 + α)·γ·dy`.
 * The variance in α is that of the normalization, biased; the authors' code takes the unbiased one there.
 *
 * @param x `[N, C, ...]`; integers become float32, statistics are computed in float64
 * @throws {ShapeError} when training on an odd batch or on one value per channel of a domain, or when the channels do not fit
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Wang et al. 2019, https://papers.nips.cc/paper/8470
 * @example
 * transNorm(tensor([[1], [3], [5], [9]]), { eps: 0 }).toArray(); // => [[-2], [2], [-2], [2]]
 * new TransNorm(3).forward(randn([8, 3, 4, 4])).shape; // => [8, 3, 4, 4]
 */
export function transNorm(x: Tensor, options: TransNormArguments = {}): Tensor {
  const fn = "transNorm";
  const { domain, ...settled } = settleOptions(fn, options, argumentTable);
  const { weight, bias, eps, runningMean } = settled;
  const channels = checkChannels(fn, x, (weight ?? bias)?.size);
  checkVectors(fn, [channels], { weight, bias });
  const training = settled.training ?? runningMean === undefined;
  const [samples = 0, ...others] = x.shape;
  if (training && samples % 2 !== 0) {
    throw new ShapeError(
      `${fn}: expected an even batch, source before target, when training, got input of shape ${formatShape(x.shape)}.`,
    );
  }
  const sets = training ? x.reshape([2, samples / 2, ...others]) : x.unsqueeze(0);
  const first = training || domain === "source" ? 0 : 1;
  const { normalized, batch, running } = normalizeSets(fn, sets, first, settled, fused);
  const means =
    batch === undefined
      ? running!.runningMean.mul(running!.runningVar.add(eps).rsqrt())
      : batch.x.detach().mean({ axis: batch.axes, keepDims: true }).mul(batch.rstd.detach());
  const gain = perChannel(transferability(means.reshape([2, channels])).add(1), x.ndim);
  return affineChannels(normalized.reshape(x.shape), weight, bias).mul(gain);
}

/** {@link transNorm} as a layer: γ and β, and running statistics `[2, features]` of source and target. */
export class TransNorm extends StatisticsSets<StatisticsSetsOptions, [x: Tensor]> {
  static override readonly name: string = "TransNorm";

  constructor(features: number, options: StatisticsSetsOptions = {}) {
    super(features, [undefined, 2], options, setsOptions);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("TransNorm.forward", none);
    checkChannels("transNorm", x, this.features);
    return transNorm(x, this.given);
  }
}
