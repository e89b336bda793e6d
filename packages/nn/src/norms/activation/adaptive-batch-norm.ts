import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { expectNothing, expectValue, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkVectors } from "../../module/check-vector.ts";
import { affineChannels, checkChannels } from "../channels.ts";
import { batches, type GivenFacts } from "../norm-facts.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
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
  call: "AdaptiveBatchNorm(features, domains)",
  axes: "every channel over the batch and all positions, by statistics of its domain",
  formula: "y = γ · (x − μ_d) / √(σ_d² + ε) + β",
  parameters: "γ, β of `[features]`",
  state: "running mean and variance of every domain",
  paper: { title: "Li et al. 2016", link: "https://arxiv.org/abs/1603.04779" },
  invariances: batches,
  centred: true,
  evaluation: "by its state",
};

const adaptiveBatchNormBy =
  (standardize: Standardize) =>
  (x: Tensor, domain: number, options: SetsArguments = {}): Tensor => {
    const fn = "adaptiveBatchNorm";
    const settled = settleOptions(fn, options, setsArguments);
    expectValue(fn, "domain", domain, ranges.whole(0));
    const { weight, bias, runningMean } = settled;
    const channels = checkChannels(fn, x, (weight ?? bias)?.size);
    checkVectors(fn, [channels], { weight, bias });
    const domains = runningMean?.shape[0] ?? Infinity;
    if (domain >= domains) throw new ShapeError(`${fn}: expected a domain below ${domains}, got ${domain}.`);
    const { normalized } = normalizeSets(fn, x.unsqueeze(0), domain, settled, standardize);
    return affineChannels(normalized.squeeze(0), weight, bias);
  };

/**
 * Adaptive batch normalization (AdaBN): `batchNorm` with running statistics for each domain, and one γ and β for all.
 *
 * `y = γ · (x − μ_d) / √(σ_d² + ε) + β`, in training by the statistics of the batch, which is of domain d and enters the
 * running statistics of d alone; in evaluation by these. To adapt a trained model to another domain, run it there in
 * training mode without an update of its parameters.
 * Backward in training: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)`, in evaluation `dx = r · g`, with `g = γ·dy`.
 *
 * @param x `[N, C, ...]`, of one domain; integers become float32, statistics are computed in float64
 * @param domain which one, from 0 on
 * @param options running statistics are `[domains, C]`
 * @throws {ShapeError} when training on one value per channel, or when channels or domains do not fit
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Li et al. 2016, https://arxiv.org/abs/1603.04779
 * @example
 * adaptiveBatchNorm(tensor([[1, 5], [3, 9]]), 0, { eps: 0 }).toArray(); // => [[-1, -1], [1, 1]]
 * const norm = new AdaptiveBatchNorm(1, 2);
 * norm.forward(tensor([[1], [3]]), 1);
 * norm.runningMean.toArray(); // => [[0], [0.2]]
 */
export const adaptiveBatchNorm: (x: Tensor, domain: number, options?: SetsArguments) => Tensor =
  adaptiveBatchNormBy(fused);

/** {@link adaptiveBatchNorm} in elementary operations. */
export const plainAdaptiveBatchNorm: typeof adaptiveBatchNorm = adaptiveBatchNormBy(plain);

/** {@link adaptiveBatchNorm} as a layer: γ and β, and running statistics `[domains, features]`. */
export class AdaptiveBatchNorm extends StatisticsSets<StatisticsSetsOptions, [x: Tensor, domain: number]> {
  static override readonly name: string = "AdaptiveBatchNorm";

  constructor(features: number, domains: number, options: StatisticsSetsOptions = {}) {
    super(features, ["domains", domains], options, setsOptions);
  }

  /**
   * @param x `[N, features, ...]`, of one domain
   * @param domain which one, from 0 on
   */
  override forward(x: Tensor, domain: number, ...none: []): Tensor {
    expectNothing("AdaptiveBatchNorm.forward", none);
    checkChannels("adaptiveBatchNorm", x, this.features);
    return adaptiveBatchNorm(x, domain, this.given);
  }
}
