import { stack, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import {
  expectElements,
  expectValue,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  withGradMode,
} from "@tapegrad/tensor/internal";
import { limit } from "./limit.ts";
import { gradientsOf } from "./gradients-of.ts";

/** Options of {@link clipGradNorm}. */
export interface ClipGradNormOptions {
  /** Order of the norm; 2 unless given, `Infinity` for the largest magnitude. */
  readonly normType?: number;
  /** Throw when the norm is NaN or infinite instead of passing that on. */
  readonly errorIfNonfinite?: boolean;
}

const table: OptionTable<ClipGradNormOptions> = {
  normType: option(
    ranges.numbers("> 0", (order) => order > 0),
    2,
  ),
  errorIfNonfinite: option(ranges.flag, false),
};

/**
 * Scales all gradients by one factor so that their common norm is at most `maxNorm`.
 *
 * `g ← g · min(1, maxNorm / (‖all g‖ + 1e-6))`
 *
 * Each `grad` is replaced by a new tensor of its dtype; parameters without one are skipped, and one that is listed twice
 * counts once. A norm that is NaN makes all gradients NaN; an infinite one makes finite elements 0 and others NaN.
 *
 * @param params parameters, one tensor or many
 * @param maxNorm largest norm to keep, in units of the gradient
 * @returns the norm before clipping, a float64 tensor of no axes, computed in float64 without overflow on the way
 * @throws {ValueError} for no parameters, a generator that is used up among them, a negative `maxNorm`, a norm order ≤ 0,
 *   or with `errorIfNonfinite` a norm that is not finite
 * @see Pascanu et al., On the difficulty of training recurrent neural networks (2013), https://arxiv.org/abs/1211.5063
 * @example
 * const w = tensor([3, 4], { requiresGrad: true });
 * w.square().sum().div(2).backward();
 * clipGradNorm([w], 1).item(); // => 5
 */
export function clipGradNorm(
  params: Tensor | Iterable<Tensor>,
  maxNorm: number,
  options: ClipGradNormOptions = {},
): Tensor {
  const { normType, errorIfNonfinite } = settleOptions("clipGradNorm", options, table);
  expectValue("clipGradNorm", "maxNorm", maxNorm, limit);
  return withGradMode(false, () => {
    const owners = gradientsOf("clipGradNorm", params);
    const norm = totalNorm(
      owners.map(({ grad }) => grad.detach()),
      normType,
    );
    if (errorIfNonfinite) expectElements(norm, { within: [[-Number.MAX_VALUE, Number.MAX_VALUE]], error: notFinite });
    const factor = norm.add(1e-6).reciprocal().mul(maxNorm).minimum(1);
    // In float64: the factor of a large norm may be too small for float32.
    for (const { param, grad } of owners) param.grad = grad.to("float64").mul(factor).to(grad.dtype);
    return norm;
  });
}

function notFinite(norm: number): ValueError {
  return new ValueError(`clipGradNorm: expected gradients of finite norm, got ${norm}.`);
}

function totalNorm(gradients: readonly Tensor[], order: number): Tensor {
  const parts = gradients.filter((g) => g.size > 0).map((g) => g.to("float64").abs());
  if (parts.length === 0) return zeros([], { dtype: "float64" });
  if (order === 1) return stack(parts.map((g) => g.sum())).sum();
  const largest = stack(parts.map((g) => g.max())).max();
  if (order === Infinity) return largest;
  const scale = scaleOf(largest, order);
  const powers = parts.map((g) => (order === 2 ? g.div(scale).square() : g.div(scale).pow(order)).sum());
  const sum = stack(powers).sum();
  return (order === 2 ? sum.sqrt() : sum.pow(1 / order)).mul(scale);
}

/** What to divide by before elements up to `largest` are raised to `order`: 1, unless powers would overflow or vanish. */
function scaleOf(largest: Tensor, order: number): Tensor {
  const bound = 10 ** Math.min(150 / order, 300);
  // 0 would be divided by itself, and so would infinity.
  const nonzero = largest.clamp(Number.MIN_VALUE, Number.MAX_VALUE);
  return nonzero.div(nonzero.clamp(1 / bound, bound));
}
