import { type Tensor, where } from "@tapegrad/tensor";
import { expectValue, option, type OptionTable, ranges, settleOptions, withGradMode } from "@tapegrad/tensor/internal";
import { gradientsOf } from "./gradients-of.ts";
import { limit } from "./limit.ts";

/** Options of {@link clipGradAdaptive}. */
export interface ClipGradAdaptiveOptions {
  /** Norm that units have at least, so that those of zeros can be trained; 1e-3 unless given. */
  readonly eps?: number;
}

const table: OptionTable<ClipGradAdaptiveOptions> = { eps: option(ranges.nonNegative, 1e-3) };

/**
 * Adaptive gradient clipping: limits the norm of each unit's gradient to a part of the norm of its weights, as networks
 * without norms need.
 *
 * `gᵢ ← gᵢ · min(1, clipping · max(‖wᵢ‖, eps) / ‖gᵢ‖)`, where unit `i` is a row `w[i, ...]`, and all of a vector or a number.
 *
 * Each `grad` is replaced by a new tensor of its dtype; parameters without one are skipped, and one that is listed twice
 * counts once. Norms are float64. The paper does not clip the last layer: leave it out of `params`.
 *
 * @param params parameters, one tensor or many
 * @param clipping largest norm of a gradient as part of that of the weights, such as 0.01
 * @throws {ValueError} for no parameters, a generator that is used up among them, or a negative `clipping` or `eps`
 * @see Brock et al., High-Performance Large-Scale Image Recognition Without Normalization (2021), https://arxiv.org/abs/2102.06171
 * @example
 * const w = tensor([[3, 4], [0, 2]], { requiresGrad: true });
 * w.mul(tensor([[10, 0], [0, 0.5]])).sum().backward();
 * clipGradAdaptive([w], 0.5);
 * w.grad?.toArray(); // => [[2.5, 0], [0, 0.5]]
 */
export function clipGradAdaptive(
  params: Tensor | Iterable<Tensor>,
  clipping: number,
  options: ClipGradAdaptiveOptions = {},
): void {
  const { eps } = settleOptions("clipGradAdaptive", options, table);
  expectValue("clipGradAdaptive", "clipping", clipping, limit);
  withGradMode(false, () => {
    for (const { param, grad } of gradientsOf("clipGradAdaptive", params)) {
      const most = unitNorm(param).maximum(eps).mul(clipping);
      const norm = unitNorm(grad);
      const isLarge = norm.gt(most);
      const factor = where(isLarge, most.div(where(isLarge, norm, 1)), 1);
      param.grad = grad.to("float64").mul(factor).to(grad.dtype);
    }
  });
}

/** The norm of each row, which broadcasts against all; of a vector or a number as a whole. */
function unitNorm(x: Tensor): Tensor {
  const wide = x.detach().to("float64");
  if (x.ndim < 2) return wide.norm();
  return wide.norm({ axis: Array.from({ length: x.ndim - 1 }, (_, axis) => axis + 1), keepDims: true });
}
