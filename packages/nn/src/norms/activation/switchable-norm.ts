import { chunk, ones, type Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { checkVectors } from "../../module/check-vector.ts";
import { Parameter } from "../../module/parameter.ts";
import { ChannelNorm, countOver, settleRunning } from "../channel-norm.ts";
import { affineChannels, channelAxes, checkChannels, checkPositions, perChannel, positionAxes } from "../channels.ts";
import type { GivenFacts } from "../norm-facts.ts";
import { updateRunning } from "../running-statistics.ts";
import {
  type BatchFamilyArguments,
  batchFamilyArguments,
  type BatchFamilyOptions,
  batchFamilyTable,
} from "./batch-norm.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "SwitchableNorm(features)",
  axes: "every channel of every sample by mixtures of the means and of the variances of its positions, of its sample and of its channel",
  formula: "y = γ · (x − Σ w_k·μ_k) / √(Σ w'_k·σ_k² + ε) + β",
  parameters: "γ, β of `[features]`, and two vectors of 3 whose softmax are w and w'",
  state: "running mean and variance",
  paper: { title: "Luo et al. 2018", link: "https://arxiv.org/abs/1806.10779" },
  invariances: ["scale of the weights", "scale of the data"],
  centred: true,
  evaluation: "by its state",
};

/** Options of {@link switchableNorm}: those of `batchNorm`, whose running statistics are those of the channels. */
export interface SwitchableNormArguments extends BatchFamilyArguments {}

/** Options of {@link SwitchableNorm}. */
export interface SwitchableNormOptions extends BatchFamilyOptions {}

/** Those of instances, samples or channels, with extent 1 along the axes that they were taken over. */
interface Statistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Statistics over `axis` too: the variance of all is the mean of the variances and the variance of the means. */
function pooled({ mean, variance }: Statistics, axis: number): Statistics {
  const over = { axis, keepDims: true };
  const whole = mean.mean(over);
  return { mean: whole, variance: variance.add(mean.sub(whole).square()).mean(over) };
}

/** Statistics weighed by the softmax of three numbers, which in float32 would not quite be 1 together. */
function mixed(logits: Tensor, statistics: readonly Tensor[]): Tensor {
  const weights = chunk(logits.to("float64").softmax(), 3); // [1] each
  return statistics.map((t, k) => t.mul(weights[k]!)).reduce((sum, t) => sum.add(t));
}

/**
 * Switchable normalization: standardizes by means and variances that are mixtures of those of `instanceNorm`, of the norm of
 * whole samples and of `batchNorm`, in this order, and learns the mixtures.
 *
 * `y = γ · (x − Σ w_k·μ_k) / √(Σ w'_k·σ_k² + ε) + β`, with w and w' the softmax of `meanWeight` and `varianceWeight`. Only the
 * statistics of instances look at x; those of a sample and of a channel follow: `μ = ⟨μ_I⟩` and `σ² = ⟨σ_I² + (μ_I − μ)²⟩`.
 * In evaluation those of the channels are the running ones, which follow as those of `batchNorm`.
 * The authors' code evaluates by averages over batches after the training, and takes the unbiased variance of instances.
 *
 * @param x `[N, C, ...positions]`; integers become float32, statistics are computed in float64
 * @param meanWeight `[3]`
 * @param varianceWeight `[3]`
 * @throws {ShapeError} when training on one value per channel, and when the channels do not fit
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Luo et al. 2018, https://arxiv.org/abs/1806.10779
 * @example
 * const onlyInstances = tensor([50, -50, -50]);
 * switchableNorm(tensor([[[1, 3], [10, 30]]]), onlyInstances, onlyInstances, { eps: 0 }).toArray(); // => [[[-1, 1], [-1, 1]]]
 */
export function switchableNorm(
  x: Tensor,
  meanWeight: Tensor,
  varianceWeight: Tensor,
  options: SwitchableNormArguments = {},
): Tensor {
  const fn = "switchableNorm";
  const { weight, bias, ...settled } = settleOptions(fn, options, batchFamilyArguments);
  const { running, training } = settleRunning(fn, settled);
  checkPositions(fn, x);
  expectTensor(fn, "meanWeight", meanWeight);
  expectTensor(fn, "varianceWeight", varianceWeight);
  checkVectors(fn, [3], { meanWeight, varianceWeight });
  const channels = checkChannels(fn, x, (weight ?? bias ?? running?.runningMean)?.size);
  checkVectors(fn, [channels], { weight, bias, runningMean: running?.runningMean, runningVar: running?.runningVar });
  const axes = channelAxes(x);
  const count = countOver(fn, x, axes, "value per channel", training);
  const values = asFloat(x);
  const wide = values.to("float64");
  const positions = { axis: positionAxes(x), keepDims: true };
  const instance = { mean: wide.mean(positions), variance: wide.variance({ ...positions, correction: 0 }) }; // [N, C, 1, ...]
  const batch = (): Statistics => {
    if (!training && running !== undefined) {
      const [mean, variance] = [running.runningMean, running.runningVar].map((t) => perChannel(t, x.ndim));
      return { mean: mean!, variance: variance! };
    }
    const moments = pooled(instance, 0); // [1, C, 1, ...]
    if (running !== undefined && x.size > 0) {
      const normalized = wide.detach().sub(moments.mean.detach());
      const rstd = ones(moments.mean.shape, { dtype: "float64" });
      updateRunning(running, { x: values, normalized, rstd, axes, count, instances: 1 }, settled);
    }
    return moments;
  };
  const all = [instance, pooled(instance, 1), batch()];
  const centred = wide.sub(mixed(meanWeight, all.map((of) => of.mean))); // prettier-ignore
  const variance = mixed(varianceWeight, all.map((of) => of.variance)); // prettier-ignore
  const normalized = centred.mul(variance.add(settled.eps).rsqrt()).to(values.dtype);
  return affineChannels(normalized, weight, bias);
}

/**
 * {@link switchableNorm} as a layer with γ, β, both mixtures and running statistics; the mixtures are even at first.
 *
 * @example
 * const norm = new SwitchableNorm(3);
 * norm.forward(randn([4, 3, 8, 8])).shape; // => [4, 3, 8, 8]
 * norm.meanWeight.softmax().toArray(); // => [0.3333333, 0.3333333, 0.3333333]
 */
export class SwitchableNorm extends ChannelNorm<SwitchableNormOptions> {
  static override readonly name: string = "SwitchableNorm";
  /** `[3]`, whose softmax weighs the means of instance, sample and batch */
  meanWeight: Parameter;
  /** `[3]`, whose softmax weighs their variances */
  varianceWeight: Parameter;

  constructor(features: number, options: SwitchableNormOptions = {}) {
    super(features, options, batchFamilyTable);
    const { dtype } = this.options;
    this.meanWeight = new Parameter(ones([3], { dtype }));
    this.varianceWeight = new Parameter(ones([3], { dtype }));
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("SwitchableNorm.forward", none);
    checkPositions("switchableNorm", x);
    checkChannels("switchableNorm", x, this.features);
    const { runningVariance } = this.options;
    return switchableNorm(x, this.meanWeight, this.varianceWeight, { ...this.given, runningVariance });
  }
}
