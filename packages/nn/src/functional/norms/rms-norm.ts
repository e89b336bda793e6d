import { type Shape, type Tensor, ValueError } from "@tapegrad/tensor";
import { apply, checkOptions, sizeOf, asFloat } from "@tapegrad/tensor/internal";
import { affine } from "../../norms/affine.ts";
import { checkEps, checkVector } from "../../norms/check-vector.ts";
import { toShape, trailingAxes } from "../../norms/trailing-axes.ts";

/** Options of {@link rmsNorm}. */
export interface RMSNormArguments {
  /** Gain γ of the normalized shape. */
  readonly weight?: Tensor | undefined;
  /** Shift β of the normalized shape; the paper has none. */
  readonly bias?: Tensor | undefined;
  /** Added to the mean square inside the root, in units of x²; 1e-5 unless given, `"machine"` is the dtype's epsilon. */
  readonly eps?: number | "machine";
  /** Fraction of the elements that the mean square is taken from, rounded up; 1 unless given. */
  readonly partial?: number;
}

/** Checked arguments of RMS normalization. */
export interface RMSNormPlan {
  readonly x: Tensor;
  readonly axes: readonly number[];
  readonly weight: Tensor | undefined;
  readonly bias: Tensor | undefined;
  readonly eps: number;
  /** Elements that are normalized together, and how many of them the statistic is taken from. */
  readonly count: number;
  readonly used: number;
}

/** Throws unless `partial` is a fraction above 0. */
export function checkPartial(fn: string, partial: number): void {
  if (!(partial > 0 && partial <= 1)) {
    throw new ValueError(`${fn}: expected partial in (0, 1], got ${String(partial)}.`);
  }
}

/** Checks the arguments that the fused and the plain form share. */
export function planRMSNorm(x: Tensor, shape: number | Shape, options: RMSNormArguments): RMSNormPlan {
  checkOptions("rmsNorm", options, ["weight", "bias", "eps", "partial"]);
  const { weight, bias, eps = 1e-5, partial = 1 } = options;
  const normalized = toShape("rmsNorm", shape);
  const axes = trailingAxes("rmsNorm", x, normalized);
  checkVector("rmsNorm", "weight", weight, normalized);
  checkVector("rmsNorm", "bias", bias, normalized);
  if (eps !== "machine") checkEps("rmsNorm", eps);
  checkPartial("rmsNorm", partial);
  const values = asFloat(x);
  const machine = values.dtype === "float64" ? 2 ** -52 : 2 ** -23;
  const count = sizeOf(normalized);
  // 0.1 · 30 is slightly more than 3 in binary, yet 3 elements are meant.
  const used = Math.ceil(count * partial * (1 - 2 ** -50));
  return { x: values, axes, weight, bias, eps: eps === "machine" ? machine : eps, count, used };
}

/**
 * Root mean square normalization: divides every sample by the root mean square over its trailing axes.
 *
 * `y = γ · x / √(⟨x²⟩ + ε)`; with `partial` p, ⟨x²⟩ is the mean over the first ⌈p·n⌉ elements (pRMSNorm).
 * Backward: `dx = r · (g − x̂·⟨g·x̂⟩)` with `g = γ·dy` and `r = 1/√(⟨x²⟩ + ε)`.
 *
 * @param x `[..., ...shape]`; integers become float32, statistics are computed in float64
 * @param shape the trailing axes to normalize over; a number is one axis
 * @throws {ShapeError} when the trailing axes of `x`, γ or β are not `shape`
 * @throws {ValueError} when `partial` is not in (0, 1]
 *
 * Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467
 *
 * @example
 * ```ts
 * rmsNorm(tensor([[3, 4]]), 2, { eps: 0 }).toArray(); // => [[0.8485281, 1.1313708]]
 * ```
 */
export function rmsNorm(x: Tensor, shape: number | Shape, options: RMSNormArguments = {}): Tensor {
  const plan = planRMSNorm(x, shape, options);
  return affine(divideByRms(plan), plan.weight, plan.bias);
}

function divideByRms({ x, axes, eps, count, used }: RMSNormPlan): Tensor {
  if (used === count) return apply("standardize", [x], { axes, eps, center: false })[0];
  const leading = x.shape.slice(0, x.ndim - axes.length);
  const flat = x.reshape([...leading, count]); // [..., n]
  const last = leading.length;
  const head = apply("slice", [flat], {
    start: flat.shape.map(() => 0),
    size: [...leading, used],
    step: flat.shape.map(() => 1),
  })[0]; // [..., ⌈p·n⌉]
  const [, rstd] = apply("standardize", [head], { axes: [last], eps, center: false }); // [..., 1]
  return flat.mul(rstd).reshape(x.shape);
}
