import { eye, Tensor, ValueError, zeros } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { Buffer } from "../../module/buffer.ts";
import { checkVector, checkVectors } from "../../module/check-vector.ts";
import { type NormArguments, normArguments, type NormOptions, normOptions } from "../affine.ts";
import { ChannelLayer } from "../channel-layer.ts";
import { countOver } from "../channel-norm.ts";
import { affineChannels, centre, channelAxes, checkChannels, checkGroups } from "../channels.ts";
import type { GivenFacts } from "../norm-facts.ts";
import { follow, momentumRow } from "../running-statistics.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "IterNorm(features)",
  axes: "groups of channels over the batch and all positions, which have no correlations afterwards",
  formula: "y = γ · P_T · (x − μ) / √(tr Σ) + β, P_k = (3 · P_{k−1} − P_{k−1}³ · Σ / tr Σ) / 2",
  parameters: "γ, β of `[features]`",
  state: "running mean and whitening matrices",
  paper: { title: "Huang et al. 2019", link: "https://arxiv.org/abs/1904.03441" },
  invariances: ["scale of the weights", "scale of the data", "shift of the data"],
  centred: true,
  evaluation: "by its state",
};

/** How an {@link iterNorm} whitens. */
export interface WhiteningOptions {
  /** How many groups of neighbouring channels are whitened by themselves; 1 unless given. */
  readonly groups?: number;
  /** T, the number of Newton's steps; 5 unless given. */
  readonly iterations?: number;
  /** Added to the variances of the channels, in units of x²; 1e-5 unless given. */
  readonly eps?: number;
  /** Weight of the new batch in the running statistics, 0.1 unless given. */
  readonly momentum?: number;
}

/** Options of {@link iterNorm}. */
export interface IterNormArguments extends NormArguments, WhiteningOptions {
  /** Running mean, `[C]`: read in evaluation, assigned to in training. */
  readonly runningMean?: Tensor | undefined;
  /** Running whitening matrices, `[groups, C / groups, C / groups]`: read in evaluation, assigned to in training. */
  readonly runningWhitening?: Tensor | undefined;
  /** Whether to normalize by the statistics of `x`; true unless there are running ones. */
  readonly training?: boolean | undefined;
}

/** Options of {@link IterNorm}. */
export interface IterNormOptions extends NormOptions, WhiteningOptions {}

const tensor = optional(ranges.instanceOf(Tensor));
const whitening: OptionTable<WhiteningOptions> = {
  groups: option(ranges.count, 1),
  iterations: option(ranges.count, 5),
  eps: normArguments.eps,
  ...momentumRow,
};
const argumentTable: OptionTable<IterNormArguments> = {
  ...normArguments,
  ...whitening,
  runningMean: tensor,
  runningWhitening: tensor,
  training: optional(ranges.flag),
};
const table: OptionTable<IterNormOptions> = { ...normOptions, ...whitening };

/**
 * About `Σ^(−½)` for each of the matrices `[groups, D, D]`, by Newton's method: products of matrices alone. Beside `P_k` goes
 * `P_k · Σ / tr Σ`, without which rounding errors grow from step to step.
 */
function inverseRoot(covariance: Tensor, iterations: number): Tensor {
  const unit = eye(covariance.shape[2]!, undefined, { dtype: covariance.dtype });
  const trace = covariance.mul(unit).sum({ axis: [1, 2], keepDims: true }); // [groups, 1, 1]
  let product = covariance.div(trace);
  let factor = unit.mul(3).sub(product).mul(0.5);
  let root = factor; // of the first step, which is from the unit matrix
  for (let step = 1; step < iterations; step++) {
    product = product.matmul(factor);
    factor = unit.mul(3).sub(root.matmul(product)).mul(0.5);
    root = factor.matmul(root);
  }
  return root.mul(trace.rsqrt());
}

/**
 * Iterative normalization: whitens groups of channels over the batch and all positions (decorrelated batch normalization,
 * ZCA), by some steps of Newton's method in place of a decomposition.
 *
 * `y = γ · P_T · (x − μ) / √(tr Σ) + β, P_k = (3 · P_{k−1} − P_{k−1}³ · Σ / tr Σ) / 2` from `P_0 = I` on, with the covariances
 * `Σ = ⟨(x − μ)·(x − μ)ᵀ⟩ + ε·I` of a group. The more steps, the nearer is `P_T / √(tr Σ)` to `Σ^(−½)`: few leave what varies
 * little as it is, which is mostly noise. Evaluation is by the running μ and `P_T / √(tr Σ)`, and training does
 * `running ← (1 − momentum) · running + momentum · batch`, outside the tape. The backward pass is that of the steps.
 *
 * @param x `[N, C, ...]`; integers become float32
 * @throws {ShapeError} when training on one value per channel, when the channels do not fit, or unless the groups divide them
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Huang et al. 2019, https://arxiv.org/abs/1904.03441
 * @example
 * const x = tensor([[3, 1], [-3, -1], [1, 3], [-1, -3]], { dtype: "float64" });
 * const y = iterNorm(x, { eps: 0, iterations: 12 });
 * y.transpose().matmul(y).div(4).toArray(); // => [[1, 0], [0, 1]]
 */
export function iterNorm(x: Tensor, options: IterNormArguments = {}): Tensor {
  const fn = "iterNorm";
  const settled = settleOptions(fn, options, argumentTable);
  const { weight, bias, eps, groups, iterations, runningMean, runningWhitening, momentum } = settled;
  const channels = checkChannels(fn, x, (weight ?? bias ?? runningMean)?.size);
  checkGroups(fn, groups, channels);
  const size = channels / groups;
  checkVectors(fn, [channels], { weight, bias, runningMean });
  checkVector(fn, "runningWhitening", runningWhitening, [groups, size, size]);
  if ((runningMean === undefined) !== (runningWhitening === undefined)) {
    throw new ValueError(`${fn}: expected runningMean and runningWhitening together, got one of them.`);
  }
  const training = settled.training ?? runningMean === undefined;
  const count = countOver(fn, x, channelAxes(x), "value per channel", training);
  const order = x.shape.map((_, axis) => (axis === 0 ? 1 : axis === 1 ? 0 : axis)); // its own inverse
  const flat = asFloat(x).permute(order).reshape([groups, size, count]);
  const whitened = (): Tensor => {
    if (!training) {
      if (runningMean === undefined || runningWhitening === undefined) {
        throw new ValueError(`${fn}: expected runningMean and runningWhitening when training is false, got none.`);
      }
      const shifted = flat.sub(runningMean.reshape([groups, size, 1]));
      return runningWhitening.to(shifted.dtype).matmul(shifted);
    }
    const { mean, centred } = centre(flat, [2]);
    const noise = eye(size, size, { dtype: flat.dtype }).mul(eps);
    const covariance = centred.matmul(centred.transpose()).div(count).add(noise);
    const matrix = inverseRoot(covariance, iterations);
    if (runningMean !== undefined && runningWhitening !== undefined && x.size > 0) {
      follow(runningMean, mean, momentum);
      follow(runningWhitening, matrix, momentum);
    }
    return matrix.matmul(centred);
  };
  const [samples = 0, , ...positions] = x.shape;
  return affineChannels(
    whitened()
      .reshape([channels, samples, ...positions])
      .permute(order),
    weight,
    bias,
  );
}

/**
 * {@link iterNorm} as a layer with γ, β, a running mean and running whitening matrices.
 *
 * @example
 * const norm = new IterNorm(6, { groups: 2 });
 * norm.forward(randn([32, 6])).shape; // => [32, 6]
 * norm.runningWhitening.shape; // => [2, 3, 3]
 */
export class IterNorm extends ChannelLayer<IterNormOptions> {
  static override readonly name: string = "IterNorm";
  /** `[features]` */
  readonly runningMean: Buffer;
  /** `[groups, features / groups, features / groups]`, unit matrices at first */
  readonly runningWhitening: Buffer;

  constructor(features: number, options: IterNormOptions = {}) {
    super(features, options, table);
    const { groups, dtype } = this.options;
    checkGroups(new.target.name, groups, features);
    const size = features / groups;
    this.runningMean = new Buffer(zeros([features], { dtype }));
    this.runningWhitening = new Buffer(eye(size, size, { dtype }).add(zeros([groups, 1, 1], { dtype })));
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("IterNorm.forward", none);
    checkChannels("iterNorm", x, this.features);
    const { weight, bias, runningMean, runningWhitening, training } = this;
    const { eps, groups, iterations, momentum } = this.options;
    const options = { weight, bias, runningMean, runningWhitening, training, eps, groups, iterations, momentum };
    return iterNorm(x, options);
  }
}
