import { type Tensor, zeros } from "@tapegrad/tensor";
import { asFloat, expectNothing, expectTensor, expectValue, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { fillUniform } from "../../init/fill.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { ConfiguredModule } from "../../module/configured-module.ts";
import { Parameter } from "../../module/parameter.ts";
import { checkChannels, perSet } from "../channels.ts";
import { normalizeByMixture } from "../mixtures.ts";
import type { GivenFacts } from "../norm-facts.ts";
import {
  type ClusterNormArguments,
  clusterNormArguments,
  type ClusterNormOptions,
  clusterNormTable,
} from "./cluster-norm.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "UnsupervisedClusterNorm(features, clusters)",
  axes: "every channel by trained means and deviations of clusters, to the parts to which a value is of each",
  formula: "y = Σ_k τ_k(x) / √λ_k · (x − μ_k) / (exp(s_k) + ε)",
  parameters: "μ, s and logits of λ, of `[clusters, features]`",
  paper: { title: "Faye et al. 2024", link: "https://arxiv.org/abs/2403.16798" },
  invariances: [],
  centred: false,
};

/** Options of {@link UnsupervisedClusterNorm}. */
export interface UnsupervisedClusterNormOptions extends ClusterNormOptions {}

/**
 * Unsupervised cluster-based normalization: every value is normalized by the means and deviations of all clusters of its
 * channel, to the parts to which it is of each. The clusters are a mixture of Gaussians that is trained with the model.
 *
 * `y = Σ_k τ_k(x) / √λ_k · (x − μ_k) / (exp(s_k) + ε)` with `λ = softmax(logits)` over the clusters and
 * `τ_k(x) = λ_k·N(x; μ_k, σ_k²) / Σ_j λ_j·N(x; μ_j, σ_j²)`, where `σ_k = exp(s_k) + ε` and N has its factor 1/σ. With one cluster it is
 * `clusterNorm`. Backward with `z_k = (x − μ_k)/σ_k` and `w_k = τ_k/√λ_k`: `dy/dx = Σ_k w_k·(1/σ_k − z_k·(z_k/σ_k − Σ_j τ_j·z_j/σ_j))`.
 * The authors' code leaves the factor 1/σ out, and takes mean and spread of what it normalizes by from the batch.
 *
 * @param x `[N, C, ...]`; integers become float32
 * @param logits of λ, `[clusters, C]`
 * @param mean μ, `[clusters, C]`
 * @param logDeviation s, `[clusters, C]`
 * @throws {ShapeError} when shapes do not fit together
 * @see Faye et al. 2024, https://arxiv.org/abs/2403.16798
 * @example
 * const [logits, mean, s] = [zeros([2, 1]), tensor([[-10], [10]]), zeros([2, 1])];
 * unsupervisedClusterNorm(tensor([[-9], [10]]), logits, mean, s, { eps: 0 }).toArray(); // => [[1.4142136], [0]]
 */
export function unsupervisedClusterNorm(
  x: Tensor,
  logits: Tensor,
  mean: Tensor,
  logDeviation: Tensor,
  options: ClusterNormArguments = {},
): Tensor {
  const fn = "unsupervisedClusterNorm";
  const { eps } = settleOptions(fn, options, clusterNormArguments);
  const channels = checkChannels(fn, x, undefined);
  expectTensor(fn, "logits", logits);
  expectTensor(fn, "mean", mean);
  expectTensor(fn, "logDeviation", logDeviation);
  checkVectors(fn, [logits.shape[0] ?? 1, channels], { logits, mean, logDeviation });
  const values = asFloat(x).unsqueeze(0); // [1, N, C, ...]
  const along = (rows: Tensor): Tensor => perSet(rows, values.ndim); // [clusters, 1, C, 1, ...]
  return normalizeByMixture(values, {
    logPrior: along(logits.logSoftmax({ axis: 0 })),
    mean: along(mean),
    variance: along(logDeviation.exp().add(eps).square()),
  });
}

/**
 * {@link unsupervisedClusterNorm} as a layer with its mixture: equal λ, means from [−1, 1) as the authors draw them, and
 * deviations of 1 at first.
 *
 * @example
 * const norm = new UnsupervisedClusterNorm(4, 3);
 * norm.forward(randn([2, 4, 8, 8])).shape; // => [2, 4, 8, 8]
 */
export class UnsupervisedClusterNorm extends ConfiguredModule<UnsupervisedClusterNormOptions> {
  static override readonly name: string = "UnsupervisedClusterNorm";
  /** Channels of the input. */
  readonly features: number;
  /** Logits of λ, `[clusters, features]` */
  logits: Parameter;
  /** μ, `[clusters, features]` */
  mean: Parameter;
  /** s, `[clusters, features]` */
  logDeviation: Parameter;

  constructor(features: number, clusters: number, options: UnsupervisedClusterNormOptions = {}) {
    super(options, clusterNormTable, [features, clusters]);
    expectValue(new.target.name, "features", features, ranges.extent);
    expectValue(new.target.name, "clusters", clusters, ranges.extent);
    const { generator, dtype } = this.options;
    const parameter = (): Parameter => new Parameter(zeros([clusters, features], { dtype }));
    this.features = features;
    this.logits = parameter();
    this.mean = fillUniform(parameter(), -1, 1, { generator });
    this.logDeviation = parameter();
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("UnsupervisedClusterNorm.forward", none);
    checkChannels("unsupervisedClusterNorm", x, this.features);
    return unsupervisedClusterNorm(x, this.logits, this.mean, this.logDeviation, { eps: this.options.eps });
  }
}
