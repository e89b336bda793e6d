import { ones, type Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, expectTensor, settleOptions } from "@tapegrad/tensor/internal";
import { checkVector, checkVectors } from "../../module/check-vector.ts";
import { Parameter } from "../../module/parameter.ts";
import { ChannelNorm, countOver, normalizeChannels } from "../channel-norm.ts";
import { affineChannels, channelAxes, checkChannels, checkPositions, perChannel, positionAxes } from "../channels.ts";
import { batches, type GivenFacts } from "../norm-facts.ts";
import { fused } from "../standardized.ts";
import {
  type BatchFamilyArguments,
  batchFamilyArguments,
  type BatchFamilyOptions,
  batchFamilyTable,
} from "./batch-norm.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "BatchInstanceNorm(features)",
  axes: "every channel over the batch and all positions, and every channel of every sample over its positions: by a trained share each",
  formula: "y = γ · (ρ · x̂_B + (1 − ρ) · x̂_I) + β",
  parameters: "γ, β and ρ of `[features]`, ρ in [0, 1]",
  state: "running mean and variance",
  paper: { title: "Nam and Kim 2018", link: "https://arxiv.org/abs/1805.07925" },
  invariances: batches,
  centred: true,
  evaluation: "by its state",
};

/** Options of {@link batchInstanceNorm}: those of `batchNorm`, whose running statistics are those of x̂_B. */
export interface BatchInstanceNormArguments extends BatchFamilyArguments {}

/** Options of {@link BatchInstanceNorm}. */
export interface BatchInstanceNormOptions extends BatchFamilyOptions {}

/**
 * Batch-instance normalization: a mixture of `batchNorm` and `instanceNorm` for each channel, which keeps as much of the style
 * of a sample as is of use.
 *
 * `y = γ · (ρ · x̂_B + (1 − ρ) · x̂_I) + β`, where x̂_B is standardized as `batchNorm` does, by the running statistics in
 * evaluation, and x̂_I over the positions of each sample.
 * Backward: `dx = ρ · dx_B + (1 − ρ) · dx_I`, each as that of its standardization of `g = γ·dy`; `dρ = Σ g·(x̂_B − x̂_I)`.
 *
 * @param x `[N, C, ...positions]`; integers become float32, statistics are computed in float64
 * @param rho ρ, `[C]`, taken as it is
 * @throws {ShapeError} for one position, and when the channels do not fit
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Nam and Kim 2018, https://arxiv.org/abs/1805.07925
 * @example
 * const x = tensor([[[1, 3]], [[5, 7]]]);
 * batchInstanceNorm(x, tensor([0]), { eps: 0 }).toArray(); // => [[[-1, 1]], [[-1, 1]]]
 * batchInstanceNorm(x, tensor([1]), { eps: 0 }).toArray(); // => [[[-1.3416408, -0.4472136]], [[0.4472136, 1.3416408]]]
 */
export function batchInstanceNorm(x: Tensor, rho: Tensor, options: BatchInstanceNormArguments = {}): Tensor {
  const fn = "batchInstanceNorm";
  const { weight, bias, ...settled } = settleOptions(fn, options, batchFamilyArguments);
  checkPositions(fn, x);
  expectTensor(fn, "rho", rho);
  const channels = checkChannels(fn, x, (weight ?? bias)?.size);
  checkVectors(fn, [channels], { weight, bias });
  checkVector(fn, "rho", rho, [channels]);
  const axes = positionAxes(x);
  countOver(fn, x, axes, "position", true);
  const byBatch = normalizeChannels(fn, x, channelAxes(x), settled, fused, "value per channel");
  const [byInstance] = fused(asFloat(x), { axes, eps: settled.eps, center: true });
  return affineChannels(byBatch.sub(byInstance).mul(perChannel(rho, x.ndim)).add(byInstance), weight, bias);
}

const fromZeroToOne = (rho: Tensor): Tensor => rho.clamp(0, 1);

/**
 * {@link batchInstanceNorm} as a layer with γ, β, ρ and running statistics. ρ begins with ones, which is BatchNorm. As in the
 * paper it is brought back to [0, 1] after an update: `applyConstraints` does so, by the constraint of the parameter.
 *
 * @example
 * const norm = new BatchInstanceNorm(3);
 * norm.forward(randn([4, 3, 8, 8])).shape; // => [4, 3, 8, 8]
 * assign(norm.rho, tensor([-0.5, 0.5, 1.5]));
 * applyConstraints(norm);
 * norm.rho.toArray(); // => [0, 0.5, 1]
 */
export class BatchInstanceNorm extends ChannelNorm<BatchInstanceNormOptions> {
  static override readonly name: string = "BatchInstanceNorm";
  /** ρ, `[features]` */
  rho: Parameter;

  constructor(features: number, options: BatchInstanceNormOptions = {}) {
    super(features, options, batchFamilyTable);
    const { dtype } = this.options;
    this.rho = new Parameter(ones([features], { dtype }), { constraint: fromZeroToOne });
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("BatchInstanceNorm.forward", none);
    checkPositions("batchInstanceNorm", x);
    checkChannels("batchInstanceNorm", x, this.features);
    const { runningVariance } = this.options;
    return batchInstanceNorm(x, this.rho, { ...this.given, runningVariance });
  }
}
