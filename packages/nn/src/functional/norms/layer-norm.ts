import { apply, checkOptions, isFloat, type Shape, type Tensor } from "@tapegrad/tensor";
import { affine } from "./affine.ts";
import { checkEps, checkVector } from "./check-vector.ts";
import { toShape, trailingAxes } from "./trailing-axes.ts";

/** Options of {@link layerNorm}. */
export interface LayerNormArguments {
  /** Gain γ of the normalized shape. */
  readonly weight?: Tensor | undefined;
  /** Shift β of the normalized shape. */
  readonly bias?: Tensor | undefined;
  /** Added to the variance inside the root, in units of x²; 1e-5 unless given. */
  readonly eps?: number;
}

/** Checked arguments of layer normalization. */
export interface LayerNormPlan extends LayerNormArguments {
  readonly x: Tensor;
  readonly axes: readonly number[];
  readonly eps: number;
}

/** Checks the arguments that the fused and the plain form share. */
export function planLayerNorm(x: Tensor, shape: number | Shape, options: LayerNormArguments): LayerNormPlan {
  checkOptions("layerNorm", options, ["weight", "bias", "eps"]);
  const { weight, bias, eps = 1e-5 } = options;
  const normalized = toShape("layerNorm", shape);
  const axes = trailingAxes("layerNorm", x, normalized);
  checkVector("layerNorm", "weight", weight, normalized);
  checkVector("layerNorm", "bias", bias, normalized);
  checkEps("layerNorm", eps);
  return { x: isFloat(x.dtype) ? x : x.to("float32"), axes, weight, bias, eps };
}

/**
 * Layer normalization: standardizes every sample over its trailing axes, in training and evaluation alike.
 *
 * `y = γ · (x − μ) / √(σ² + ε) + β`, with mean μ and biased variance σ² over the axes of `shape`.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = γ·dy` and `r = 1/√(σ² + ε)`.
 *
 * @param x `[..., ...shape]`; integers become float32, statistics are computed in float64
 * @param shape the trailing axes to normalize over; a number is one axis
 * @throws {ShapeError} when the trailing axes of `x`, γ or β are not `shape`
 *
 * Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450
 *
 * @example
 * ```ts
 * layerNorm(tensor([[1, 2, 3, 4]]), 4, { eps: 0 }).toArray(); // => [[-1.3416408, -0.4472136, 0.4472136, 1.3416408]]
 * ```
 */
export function layerNorm(x: Tensor, shape: number | Shape, options: LayerNormArguments = {}): Tensor {
  const plan = planLayerNorm(x, shape, options);
  const [normalized] = apply("standardize", [plan.x], { axes: plan.axes, eps: plan.eps, center: true });
  return affine(normalized, plan.weight, plan.bias);
}
