import type { Tensor } from "@tapegrad/tensor";

/** A mixture of Gaussians for each channel, whose components are along the first axis; all broadcast to `[K, N, C, ...]`. */
export interface Mixture {
  /** log λ */
  readonly logPrior: Tensor;
  /** μ */
  readonly mean: Tensor;
  /** σ² */
  readonly variance: Tensor;
}

/**
 * Logarithms of `τ_k = λ_k·N(x; μ_k, σ_k²) / Σ_j λ_j·N(x; μ_j, σ_j²)`, to which part a value is of each component; exact however far it
 * is from all of them.
 *
 * @param x `[1, N, C, ...]`
 */
export function logResponsibilities(x: Tensor, { logPrior, mean, variance }: Mixture): Tensor {
  const distance = x.sub(mean).square().div(variance).add(variance.log()).mul(0.5);
  return logPrior.sub(distance).logSoftmax({ axis: 0 });
}

/** `Σ_k τ_k/√λ_k · (x − μ_k)/σ_k` over the components, with all of it given by the mixture. */
export function normalizeByMixture(x: Tensor, mixture: Mixture): Tensor {
  const share = logResponsibilities(x, mixture).sub(mixture.logPrior.mul(0.5)).exp();
  return x.sub(mixture.mean).mul(mixture.variance.rsqrt()).mul(share).sum({ axis: 0 });
}
