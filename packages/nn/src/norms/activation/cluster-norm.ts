import { type FloatDType, type Tensor, zeros } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectTensor,
  expectValue,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { type RandomOptions, randomTable } from "../../init/fill.ts";
import { xavierUniform } from "../../init/variance-scaling.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { ConfiguredModule } from "../../module/configured-module.ts";
import { Parameter } from "../../module/parameter.ts";
import { checkPositions } from "../../segments/segments.ts";
import { checkChannels, perChannel } from "../channels.ts";
import type { GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "ClusterNorm(features, clusters)",
  axes: "every channel by a trained mean and deviation of the cluster that the sample is of",
  formula: "y = (x − μ_k) / (exp(s_k) + ε)",
  parameters: "μ, s of `[clusters, features]`",
  paper: { title: "Faye et al. 2024", link: "https://arxiv.org/abs/2403.16798" },
  invariances: [],
  centred: false,
};

/** Options of {@link clusterNorm}. */
export interface ClusterNormArguments {
  /** Added to the deviation, in units of x; 1e-3 unless given. */
  readonly eps?: number;
}

/** Options of {@link ClusterNorm}. */
export interface ClusterNormOptions extends ClusterNormArguments, RandomOptions {
  /** Dtype of the parameters, float32 unless given. */
  readonly dtype?: FloatDType;
}

/** Options of {@link clusterNorm}, row by row. */
export const clusterNormArguments: OptionTable<ClusterNormArguments> = {
  eps: option(ranges.nonNegative, 1e-3, { shown: true }),
};
/** {@link ClusterNormOptions}, row by row. */
export const clusterNormTable: OptionTable<ClusterNormOptions> = {
  ...clusterNormArguments,
  ...randomTable,
  dtype: option(ranges.floatDType, "float32"),
};

/**
 * Supervised cluster-based normalization: every sample is normalized by a mean and a deviation of its cluster, which are
 * trained with the model instead of being taken from a batch.
 *
 * `y = (x − μ_k) / (exp(s_k) + ε)` where k is the cluster of the sample.
 * Backward with `q = 1 / (exp(s_k) + ε)`: `dx = q·dy`, `dμ_k = −Σ q·dy` and `ds_k = −exp(s_k) · Σ q·y·dy` over the samples of k and
 * their positions.
 *
 * @param x `[N, C, ...]`; integers become float32
 * @param cluster the cluster of every sample from 0 on, `[N]` of int32
 * @param mean μ, `[clusters, C]`
 * @param logDeviation s, `[clusters, C]`
 * @throws {DTypeError} when `cluster` is not int32
 * @throws {ShapeError} when shapes do not fit together
 * @throws {ValueError} for a cluster that does not exist
 * @see Faye et al. 2024, https://arxiv.org/abs/2403.16798
 * @example
 * const cluster = tensor([1, 0], { dtype: "int32" });
 * clusterNorm(tensor([[5], [5]]), cluster, tensor([[0], [3]]), zeros([2, 1]), { eps: 0 }).toArray(); // => [[2], [5]]
 */
export function clusterNorm(
  x: Tensor,
  cluster: Tensor,
  mean: Tensor,
  logDeviation: Tensor,
  options: ClusterNormArguments = {},
): Tensor {
  const fn = "clusterNorm";
  const { eps } = settleOptions(fn, options, clusterNormArguments);
  const channels = checkChannels(fn, x, undefined);
  expectTensor(fn, "mean", mean);
  expectTensor(fn, "logDeviation", logDeviation);
  checkVectors(fn, [mean.shape[0] ?? 1, channels], { mean, logDeviation });
  checkPositions(fn, "cluster", cluster, x.shape[0]!, mean.shape[0]!);
  const of = (rows: Tensor): Tensor => perChannel(rows.indexSelect(0, cluster), x.ndim);
  return asFloat(x)
    .sub(of(mean))
    .div(of(logDeviation.exp().add(eps)));
}

/**
 * {@link clusterNorm} as a layer with its μ and s, both drawn as the authors do, from Glorot's uniform distribution.
 *
 * @example
 * const norm = new ClusterNorm(4, 3);
 * norm.forward(randn([2, 4, 8, 8]), tensor([2, 0], { dtype: "int32" })).shape; // => [2, 4, 8, 8]
 */
export class ClusterNorm extends ConfiguredModule<ClusterNormOptions, [x: Tensor, cluster: Tensor]> {
  static override readonly name: string = "ClusterNorm";
  /** Channels of the input. */
  readonly features: number;
  /** μ, `[clusters, features]` */
  mean: Parameter;
  /** s, `[clusters, features]` */
  logDeviation: Parameter;

  constructor(features: number, clusters: number, options: ClusterNormOptions = {}) {
    super(options, clusterNormTable, [features, clusters]);
    expectValue(new.target.name, "features", features, ranges.extent);
    expectValue(new.target.name, "clusters", clusters, ranges.extent);
    const { generator, dtype } = this.options;
    this.features = features;
    const draw = (): Parameter => xavierUniform(new Parameter(zeros([clusters, features], { dtype })), { generator });
    this.mean = draw();
    this.logDeviation = draw();
  }

  /**
   * @param x `[N, features, ...]`
   * @param cluster that of every sample, `[N]` of int32
   */
  override forward(x: Tensor, cluster: Tensor, ...none: []): Tensor {
    expectNothing("ClusterNorm.forward", none);
    checkChannels("clusterNorm", x, this.features);
    return clusterNorm(x, cluster, this.mean, this.logDeviation, { eps: this.options.eps });
  }
}
