import { stack, Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { asFloat, expectNothing, expectTensor, formatValue, settleOptions } from "@tapegrad/tensor/internal";
import { checkVector, checkVectors } from "../module/check-vector.ts";
import { type NormArguments, normArguments } from "./affine.ts";
import { affineChannels, channelAxes, checkChannels, perChannel } from "./channels.ts";

/** What is known of the channels of a batch, or of a part of one; all float64. */
export interface Moments {
  /** Values per channel, of no axes. */
  readonly count: Tensor;
  /** μ, `[C]` */
  readonly mean: Tensor;
  /** `Σ (x − μ)²`, `[C]` */
  readonly m2: Tensor;
}

/**
 * Number, mean and squared deviations of each channel: `μ = ⟨x⟩` and `M₂ = Σ (x − μ)²` over the batch and all positions.
 *
 * Gradients flow through both: `dx = dμ/n + 2·(x − μ)·dM₂`. Without values they are zeros.
 *
 * @param x `[N, C, ...]`; computed in float64
 * @throws {ShapeError} for fewer than two axes
 * @example
 * const { count, mean, m2 } = channelMoments(tensor([[1, 5], [3, 9]]));
 * [count.item(), mean.toArray(), m2.toArray()]; // => [2, [2, 7], [2, 8]]
 */
export function channelMoments(x: Tensor, ...none: []): Moments {
  const fn = "channelMoments";
  expectNothing(fn, none);
  const channels = checkChannels(fn, x, undefined);
  const count = zeros([], { dtype: "float64" }).add(x.size === 0 ? 0 : x.size / channels);
  if (x.size === 0) {
    const none = zeros([channels], { dtype: "float64" });
    return { count, mean: none, m2: none };
  }
  const wide = x.to("float64");
  const mean = wide.mean({ axis: channelAxes(x) });
  return {
    count,
    mean,
    m2: wide
      .sub(perChannel(mean, x.ndim))
      .square()
      .sum({ axis: channelAxes(x) }),
  };
}

/**
 * The moments of a batch by those of its parts, which may have been gathered one after the other or elsewhere:
 * `n = Σ n_i`, `μ = Σ n_i·μ_i / n` and `M₂ = Σ M₂_i + Σ n_i·(μ_i − μ)²`, however far the means are from 0.
 *
 * Gradients flow to the moments of all parts. Parts without values change nothing.
 *
 * @throws {ValueError} for no parts
 * @throws {ShapeError} when the parts have different channels
 * @see Chan, Golub and LeVeque 1983, https://doi.org/10.1080/00031305.1983.10483115
 * @example
 * const [a, b] = [tensor([[1], [3]]), tensor([[8]])];
 * const { mean, m2 } = combineMoments([channelMoments(a), channelMoments(b)]);
 * [mean.item(), m2.item()]; // => [4, 26]
 */
export function combineMoments(parts: readonly Moments[], ...none: []): Moments {
  const fn = "combineMoments";
  expectNothing(fn, none);
  if (!Array.isArray(parts) || parts.length === 0) {
    throw new ValueError(`${fn}: expected a list of moments, got ${formatValue(parts)}.`);
  }
  parts.forEach((part: Moments, i) => checkMoments(fn, `parts[${i}]`, part, (parts as Moments[])[0]!.mean));
  const all = (of: keyof Moments): Tensor => stack(parts.map((part) => part[of]));
  const counts = all("count"); // [parts]
  const weights = counts.unsqueeze(1); // [parts, 1]
  const count = counts.sum();
  const means = all("mean"); // [parts, C]
  const mean = means.mul(weights).sum({ axis: 0 }).div(count.clamp(1));
  const between = means.sub(mean).square().mul(weights).sum({ axis: 0 });
  return { count, mean, m2: all("m2").sum({ axis: 0 }).add(between) };
}

/** Options of {@link normalizeByMoments}. */
export interface NormalizeByMomentsOptions extends NormArguments {}

/**
 * Batch normalization by statistics that are given: those of a batch of which `x` is a part.
 *
 * `y = γ · (x − μ) / √(M₂/n + ε) + β`. Where the moments were computed on the tape, as {@link channelMoments} of all parts that
 * {@link combineMoments} has put together, the gradients are those of `batchNorm` of the whole batch, once the losses of all
 * parts went backward (each but the last with `retainGraph`): every loss has a share in the gradient of every part, by
 * the statistics. By moments without a gradient `dx = r · g`, with
 * `r = 1/√(M₂/n + ε)` and `g = γ·dy`.
 *
 * @param x `[N, C, ...]`; integers become float32, it is computed in float64
 * @throws {ShapeError} when the channels do not fit
 * @example
 * const parts = [tensor([[1], [3]]), tensor([[5], [7]])];
 * const moments = combineMoments(parts.map((x) => channelMoments(x)));
 * parts.map((x) => normalizeByMoments(x, moments, { eps: 0 }).toArray()); // => [[[-1.3416408], [-0.4472136]], [[0.4472136], [1.3416408]]]
 */
export function normalizeByMoments(x: Tensor, moments: Moments, options: NormalizeByMomentsOptions = {}): Tensor {
  const fn = "normalizeByMoments";
  const { weight, bias, eps } = settleOptions(fn, options, normArguments);
  const channels = checkChannels(fn, x, (weight ?? bias)?.size);
  checkMoments(fn, "moments", moments, undefined);
  checkVectors(fn, [channels], { weight, bias, mean: moments.mean });
  const values = asFloat(x);
  const { count, mean, m2 } = moments;
  const scale = m2.div(count.clamp(1)).add(eps).rsqrt();
  const normalized = values.to("float64").sub(perChannel(mean, x.ndim)).mul(perChannel(scale, x.ndim));
  return affineChannels(normalized.to(values.dtype), weight, bias);
}

/** Moments as rows `[3, C]`, as they are kept: the count, which is that of each channel, the mean and M₂. */
export function rowsOf({ count, mean, m2 }: Moments): Tensor {
  return stack([zeros(mean.shape, { dtype: "float64" }).add(count), mean, m2]);
}

/** The moments that {@link rowsOf} has made rows of. */
export function momentsInRows(rows: Tensor): Moments {
  return { count: rows.slice(0, 0), mean: rows.slice(1), m2: rows.slice(2) };
}

/** Throws unless these are moments, of the channels of `like` where that is given. */
function checkMoments(fn: string, name: string, moments: Moments, like: Tensor | undefined): void {
  if (typeof moments !== "object" || moments === null || !(moments.mean instanceof Tensor)) {
    throw new ValueError(`${fn}: expected ${name} to be moments { count, mean, m2 }, got ${formatValue(moments)}.`);
  }
  const { count, mean, m2 } = moments;
  expectTensor(fn, `${name}.count`, count);
  expectTensor(fn, `${name}.m2`, m2);
  checkVector(fn, `${name}.count`, count, []);
  checkVectors(fn, (like ?? mean).shape, { [`${name}.mean`]: mean, [`${name}.m2`]: m2 });
}
