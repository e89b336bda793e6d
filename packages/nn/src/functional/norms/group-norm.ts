import { type Shape, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { apply, checkOptions, formatShape, asFloat } from "@tapegrad/tensor/internal";
import { affine, perChannel } from "../../norms/affine.ts";
import { checkChannels } from "./batch-norm.ts";
import { checkEps, checkVector } from "../../norms/check-vector.ts";

/** Options of {@link groupNorm}. */
export interface GroupNormArguments {
  /** Gain γ, `[C]`. */
  readonly weight?: Tensor | undefined;
  /** Shift β, `[C]`. */
  readonly bias?: Tensor | undefined;
  /** Added to the variance inside the root, in units of x²; 1e-5 unless given. */
  readonly eps?: number;
}

/** Checked arguments of group normalization. */
export interface GroupNormPlan {
  readonly x: Tensor;
  /** `[N, G, values of a group]` */
  readonly grouped: Shape;
  /** γ and β, ready to broadcast. */
  readonly weight: Tensor | undefined;
  readonly bias: Tensor | undefined;
  readonly eps: number;
}

/** Throws unless `groups` is a whole number that divides `channels`. */
export function checkGroups(fn: string, groups: number, channels: number): void {
  if (!Number.isSafeInteger(groups) || groups < 1) {
    throw new ValueError(`${fn}: expected groups to be a whole number of at least 1, got ${String(groups)}.`);
  }
  if (channels % groups !== 0) {
    throw new ShapeError(`${fn}: expected channels divisible by ${groups} groups, got ${channels}.`);
  }
}

/** Checks the arguments that the fused and the plain form share. */
export function planGroupNorm(x: Tensor, groups: number, options: GroupNormArguments): GroupNormPlan {
  checkOptions("groupNorm", options, ["weight", "bias", "eps"]);
  const { weight, bias, eps = 1e-5 } = options;
  const channels = checkChannels("groupNorm", x, (weight ?? bias)?.size);
  checkGroups("groupNorm", groups, channels);
  checkVector("groupNorm", "weight", weight, [channels]);
  checkVector("groupNorm", "bias", bias, [channels]);
  checkEps("groupNorm", eps);
  if (x.size === groups) {
    throw new ShapeError(
      `groupNorm: expected more than 1 value per group, got input of shape ${formatShape(x.shape)} and ${groups} groups.`,
    );
  }
  const inner = x.shape.slice(2).reduce((product, extent) => product * extent, channels / groups);
  return {
    x: asFloat(x),
    grouped: [x.shape[0]!, groups, inner],
    weight: perChannel(weight, x.ndim),
    bias: perChannel(bias, x.ndim),
    eps,
  };
}

/**
 * Group normalization: standardizes every sample over each of `groups` runs of neighbouring channels and all
 * their positions, in training and evaluation alike.
 *
 * `y = γ · (x − μ) / √(σ² + ε) + β`, with mean μ and biased variance σ² of the group, γ and β per channel.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = γ·dy` and `r = 1/√(σ² + ε)`.
 * One group is LayerNorm over all but the batch (apart from the shape of γ), one per channel is InstanceNorm.
 *
 * @param x `[N, C, ...]`; integers become float32, statistics are computed in float64
 * @param groups number of groups, a divisor of C
 * @throws {ShapeError} when the channels do not fit, or for a single sample of one value per group
 *
 * Wu and He 2018, https://arxiv.org/abs/1803.08494
 *
 * @example
 * ```ts
 * groupNorm(tensor([[1, 3, 10, 30]]), 2, { eps: 0 }).toArray(); // => [[-1, 1, -1, 1]]
 * ```
 */
export function groupNorm(x: Tensor, groups: number, options: GroupNormArguments = {}): Tensor {
  const { grouped, eps, weight, bias, ...plan } = planGroupNorm(x, groups, options);
  const [normalized] = apply("standardize", [plan.x.reshape(grouped)], { axes: [2], eps, center: true });
  return affine(normalized.reshape(x.shape), weight, bias);
}
