import { assign, full, Tensor, tensor, ValueError } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectValue,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  withGradMode,
} from "@tapegrad/tensor/internal";
import { Buffer } from "../../module/buffer.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { type NormArguments, normArguments, type NormOptions, normOptions } from "../affine.ts";
import { ChannelLayer } from "../channel-layer.ts";
import { countOver } from "../channel-norm.ts";
import { affineChannels, channelAxes, checkChannels, perSet, setAxes } from "../channels.ts";
import { logResponsibilities, type Mixture, normalizeByMixture } from "../mixtures.ts";
import { batches, type GivenFacts } from "../norm-facts.ts";
import { momentumRow } from "../running-statistics.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "MixtureNorm(features, components)",
  axes: "every channel over the batch and all positions, by a mixture of Gaussians, to the parts to which a value is of each",
  formula: "y = γ · Σ_k τ_k(x) / √λ_k · (x − μ_k) / √(σ_k² + ε) + β",
  parameters: "γ, β of `[features]`",
  state: "running λ, mean and variance of every component",
  paper: { title: "Kalayeh and Shah 2019", link: "https://arxiv.org/abs/1806.02679" },
  invariances: batches,
  centred: true,
  evaluation: "by its state",
  held: true,
};

/** How {@link mixtureNorm} finds and follows its mixture. */
export interface MixtureRule {
  /** Steps of expectation maximization for each batch; 2 unless given. */
  readonly iterations?: number;
  /** Weight of the new batch in the running mixture, 0.1 unless given. */
  readonly momentum?: number;
}

/** Options of {@link mixtureNorm}. */
export interface MixtureNormArguments extends NormArguments, MixtureRule {
  /** Running λ, `[components, C]`: read in evaluation, assigned to in training. */
  readonly runningPrior?: Tensor | undefined;
  /** Running μ, `[components, C]`. */
  readonly runningMean?: Tensor | undefined;
  /** Running σ², `[components, C]`. */
  readonly runningVar?: Tensor | undefined;
  /** Whether the mixture is that of `x`; true unless there is a running one. */
  readonly training?: boolean | undefined;
}

/** Options of {@link MixtureNorm}. */
export interface MixtureNormOptions extends NormOptions, MixtureRule {}

const rule: OptionTable<MixtureRule> = {
  iterations: option(ranges.count, 2),
  ...momentumRow,
};
const rows = optional(ranges.instanceOf(Tensor));
const argumentTable: OptionTable<MixtureNormArguments> = {
  ...normArguments,
  ...rule,
  ...{ runningPrior: rows, runningMean: rows, runningVar: rows, training: optional(ranges.flag) },
};
const table: OptionTable<MixtureNormOptions> = { ...normOptions, ...rule };

/** Less is no part of a component: nothing is divided by what is below. */
const least = 1e-300;

/** Where the means of the components begin, in deviations from the mean of all: evenly spread over [−1, 1]. */
function spread(components: number): number[] {
  return Array.from({ length: components }, (_, k) => (2 * k + 1) / components - 1);
}

/** What a batch tells of its mixture, each `[components, 1, C, 1, ...]`, and of its values `[components, N, C, ...]`. */
interface Fitted {
  readonly share: Tensor;
  readonly prior: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** The moments of each component by the parts of the values that are of it. */
function fit(x: Tensor, share: Tensor): Fitted {
  const over = { axis: setAxes(x), keepDims: true };
  const prior = share.mean(over).clamp(least);
  const mean = share.mul(x).mean(over).div(prior);
  return { share, prior, mean, variance: share.mul(x.sub(mean).square()).mean(over).div(prior) };
}

/** The parts τ of the values of `x` `[1, N, C, ...]` in a mixture that is fitted to them, without a gradient. */
function shares(x: Tensor, components: number, { iterations, eps }: Required<MixtureRule> & { eps: number }): Tensor {
  return withGradMode(false, () => {
    const begin = tensor(spread(components), { dtype: "float64" });
    const over = { axis: setAxes(x), keepDims: true };
    const whole = x.variance({ ...over, correction: 0 });
    const offsets = begin.reshape([components, ...x.shape.slice(1).map(() => 1)]);
    const mean = x.mean(over).add(whole.sqrt().mul(offsets));
    const variance = whole.div(components ** 2).add(eps);
    let mixture: Mixture = { logPrior: mean.mul(0), mean, variance };
    for (let i = 0; i < iterations; i++) {
      const fitted = fit(x, logResponsibilities(x, mixture).exp());
      mixture = { logPrior: fitted.prior.log(), mean: fitted.mean, variance: fitted.variance.add(eps) };
    }
    return logResponsibilities(x, mixture).exp();
  });
}

/**
 * Mixture normalization: batch normalization by the modes of each channel rather than by its mean. A mixture of Gaussians is
 * fitted to the batch, and every value is standardized by each component, to the part to which it is of it.
 *
 * `y = γ · Σ_k τ_k(x) / √λ_k · (x − μ_k) / √(σ_k² + ε) + β` with `τ_k(x) = λ_k·N(x; μ_k, σ_k² + ε) / Σ_j λ_j·N(x; μ_j, σ_j² + ε)`. In training
 * `λ_k = ⟨τ_k⟩`, `μ_k = ⟨τ_k·x⟩/λ_k` and `σ_k² = ⟨τ_k·(x − μ_k)²⟩/λ_k` over the batch, after `iterations` steps of expectation maximization
 * from means that are evenly spread over one deviation σ to both sides, each with the deviation σ / components; the paper
 * draws where they begin (k-means++). Of
 * these `running ← (1 − momentum) · running + momentum · batch`, by which it evaluates. With one component it is `batchNorm` with a
 * biased running variance.
 * Backward in training, where τ and λ are constants for the gradient, as in the paper: with `w_k = τ_k/√λ_k`, `τ̂_k = τ_k / Σ τ_k` and
 * `g = γ·dy`, `dx = Σ_k r_k·(w_k·g − τ̂_k·Σ w_k·g − τ̂_k·x̂_k·Σ w_k·g·x̂_k)`.
 *
 * @param x `[N, C, ...]`; integers become float32, it is computed in float64
 * @param components how many there are
 * @throws {ShapeError} when training on one value per channel, or when shapes do not fit together
 * @throws {ValueError} when `training` is false and there is no running mixture, or only a part of one
 * @see Kalayeh and Shah 2019, https://arxiv.org/abs/1806.02679
 * @example
 * const x = tensor([[-11], [-9], [9], [11]]);
 * mixtureNorm(x, 2, { eps: 0, iterations: 5 }).toArray(); // => [[-1.4142135], [1.4142135], [-1.4142135], [1.4142135]]
 */
export function mixtureNorm(x: Tensor, components: number, options: MixtureNormArguments = {}): Tensor {
  const fn = "mixtureNorm";
  const settled = settleOptions(fn, options, argumentTable);
  const { weight, bias, eps, runningPrior, runningMean, runningVar, momentum } = settled;
  expectValue(fn, "components", components, ranges.count);
  const channels = checkChannels(fn, x, (weight ?? bias)?.size);
  checkVectors(fn, [channels], { weight, bias });
  const running = [runningPrior, runningMean, runningVar].filter((rows) => rows !== undefined);
  if (running.length % 3 !== 0) {
    throw new ValueError(
      `${fn}: expected runningPrior, runningMean and runningVar together, got ${running.length} of them.`,
    );
  }
  checkVectors(fn, [components, channels], { runningPrior, runningMean, runningVar });
  const training = settled.training ?? running.length === 0;
  if (!training && running.length === 0) throw new ValueError(`${fn}: expected a running mixture when training is false, got none.`); // prettier-ignore
  countOver(fn, x, channelAxes(x), "value per channel", training);
  const values = asFloat(x);
  if (x.size === 0) return affineChannels(values, weight, bias);
  const wide = values.to("float64").unsqueeze(0); // [1, N, C, ...]
  const finish = (y: Tensor): Tensor => affineChannels(y.to(values.dtype), weight, bias);
  if (!training) {
    const [prior, mean, variance] = running.map((rows) => perSet(rows.to("float64"), wide.ndim)) as [Tensor, Tensor, Tensor]; // prettier-ignore
    const mixture = { logPrior: prior.clamp(least).log(), mean, variance: variance.add(eps) };
    return finish(normalizeByMixture(wide, mixture));
  }
  const { share, prior, mean, variance } = fit(wide, shares(wide, components, settled));
  const normalized = wide.sub(mean).mul(variance.add(eps).rsqrt());
  withGradMode(false, () =>
    [prior, mean, variance].forEach((batch, i) => {
      const all = running[i];
      if (all === undefined) return;
      const next = all.mul(1 - momentum).add(batch.reshape(all.shape).mul(momentum));
      assign(all, next.to(all.dtype));
    }),
  );
  return finish(normalized.mul(share.div(prior.sqrt())).sum({ axis: 0 }));
}

/**
 * {@link mixtureNorm} as a layer with γ, β and a running mixture, at first of components with equal λ, variances of 1 and means
 * that are evenly spread over [−1, 1].
 *
 * @example
 * const norm = new MixtureNorm(4, 3);
 * norm.forward(randn([8, 4, 5, 5])).shape; // => [8, 4, 5, 5]
 * norm.runningMean.shape; // => [3, 4]
 */
export class MixtureNorm extends ChannelLayer<MixtureNormOptions> {
  static override readonly name: string = "MixtureNorm";
  /** How many components there are. */
  readonly components: number;
  /** λ, `[components, features]` */
  readonly runningPrior: Buffer;
  /** μ, `[components, features]` */
  readonly runningMean: Buffer;
  /** σ², `[components, features]` */
  readonly runningVar: Buffer;

  constructor(features: number, components: number, options: MixtureNormOptions = {}) {
    super(features, options, table, [components]);
    expectValue(new.target.name, "components", components, ranges.count);
    const { dtype } = this.options;
    const all = (value: number): Tensor => full([components, features], value, { dtype });
    this.components = components;
    this.runningPrior = new Buffer(all(1 / components));
    this.runningMean = new Buffer(all(0).add(tensor(spread(components), { dtype }).unsqueeze(1)));
    this.runningVar = new Buffer(all(1));
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("MixtureNorm.forward", none);
    checkChannels("mixtureNorm", x, this.features);
    const { weight, bias, runningPrior, runningMean, runningVar, training } = this;
    const { eps, iterations, momentum } = this.options;
    const state = { runningPrior, runningMean, runningVar, training };
    return mixtureNorm(x, this.components, { weight, bias, ...state, eps, iterations, momentum });
  }
}
