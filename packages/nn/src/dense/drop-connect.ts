import { randn, type Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { activate } from "../activations/activation.ts";
import { divide, drawKept, type DropMode, dropMode, type DropoutOptions, dropoutTable } from "../dropout/dropping.ts";
import { DenseLayer, type DenseOptions, denseTable } from "./dense-layer.ts";
import { checkAffine, linear } from "./dense.ts";

/** Options of {@link dropConnect}. */
export interface DropConnectOptions extends DropoutOptions {
  /** Whether each row of the input or the batch as a whole has a mask of its own; "row" unless given, the paper's. */
  readonly mode?: DropMode;
}

/** Options of {@link dropConnectMoments}. */
export interface DropConnectMomentsOptions {
  /** Probability of dropping, below 1; 0.5 unless given. */
  readonly rate?: number;
}

/** Options of {@link DropConnect}. */
export interface DropConnectLayerOptions extends DenseOptions, Pick<DropConnectOptions, "mode"> {
  /** Probability of dropping a weight, below 1; 0.5 unless given. */
  readonly rate?: number;
  /**
   * How many draws of the sums an output in evaluation is the mean of, which is the paper's inference; 0 unless given, which
   * computes with the mean of the weights.
   */
  readonly samples?: number;
}

const table: OptionTable<DropConnectOptions> = { ...dropoutTable, mode: dropMode };
const momentsTable: OptionTable<DropConnectMomentsOptions> = { rate: option(ranges.fraction, 0.5) };
const layerTable: OptionTable<DropConnectLayerOptions> = {
  ...momentsTable,
  mode: dropMode,
  samples: option(ranges.whole(0), 0),
  ...denseTable,
};

/**
 * Affine map of the last axis whose weights are dropped, each with probability `rate`, and divided by `1 − rate` otherwise:
 * `y = x·(M ⊙ W)ᵀ / (1 − rate) + b`, `M ~ Bernoulli(1 − rate)`. `linear` when `training` is false.
 *
 * In mode "row" every row of the input has a mask of its own, as in the paper: `rows · out · in` numbers. Mode "batch" draws
 * one for all rows. The paper does not divide, and multiplies the weights by `1 − rate` in evaluation instead; it drops biases
 * too, which stay here. A dropped weight counts as 0 even if it is NaN or infinite, and has no gradient.
 *
 * @param x `[..., in]`; integers become float32
 * @param weight `[out, in]`
 * @param bias `[out]`
 * @returns `[..., out]`
 * @throws {ShapeError} when the last axis of `x` is not `in`
 * @throws {DTypeError} unless `x` and `weight` have one dtype
 * @see Wan et al. 2013, https://proceedings.mlr.press/v28/wan13.html
 * @example
 * dropConnect(ones([1, 2]), ones([3, 2]), ones([3]), { rate: 1 }).toArray(); // => [[1, 1, 1]]
 * dropConnect(ones([1, 2]), ones([3, 2]), undefined, { training: false }).toArray(); // => [[2, 2, 2]]
 */
export function dropConnect(x: Tensor, weight: Tensor, bias?: Tensor, options: DropConnectOptions = {}): Tensor {
  const [out, inside] = checkAffine("dropConnect", x, weight, bias);
  const { rate, mode, training, generator } = settleOptions("dropConnect", options, table);
  if (!training || rate === 0) return linear(x, weight, bias);
  const [values, weights] = [asFloat(x), asFloat(weight)];
  const leading = x.shape.slice(0, -1);
  const rows = mode === "row" ? [sizeOf(leading)] : [];
  const kept = drawKept([...rows, out, inside], weights.dtype, { rate, generator });
  const dropped = divide(weights, kept, rate);
  if (dropped.ndim === 2) return linear(values, dropped, bias);
  const product = dropped.matmul(values.reshape([...rows, inside, 1])).reshape([...leading, out]);
  return bias === undefined ? product : product.add(bias);
}

/**
 * Mean and variance of the outputs of {@link dropConnect}: `x·Wᵀ + b` and `rate / (1 − rate) · x²·(W²)ᵀ`.
 *
 * The paper's `N(p·Wx, p(1 − p)·W²x²)` with `p = 1 − rate`, for weights that are divided by p.
 *
 * @param x `[..., in]`
 * @param weight `[out, in]`
 * @param bias `[out]`
 * @returns two of `[..., out]`
 * @throws {ShapeError} when the last axis of `x` is not `in`
 * @throws {DTypeError} unless `x` and `weight` have one dtype
 * @see Wan et al. 2013, https://proceedings.mlr.press/v28/wan13.html
 * @example
 * const [mean, variance] = dropConnectMoments(tensor([[1, 2]]), tensor([[3, -1]]), tensor([1]), { rate: 0.2 });
 * [mean.toArray(), variance.toArray()]; // => [[[2]], [[3.25]]]
 */
export function dropConnectMoments(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: DropConnectMomentsOptions = {},
): readonly [mean: Tensor, variance: Tensor] {
  checkAffine("dropConnectMoments", x, weight, bias);
  const { rate } = settleOptions("dropConnectMoments", options, momentsTable);
  const squares = linear(asFloat(x).square(), asFloat(weight).square());
  return [linear(x, weight, bias), squares.mul(rate / (1 - rate))];
}

/**
 * A dense layer whose weights are dropped in training by {@link dropConnect}; its state is that of a `Dense`.
 *
 * Evaluates by the mean of the weights, `f(x·Wᵀ + b)`, or with `samples` by the paper's sampling: each output is the mean of
 * `f(z)` over that many draws from a normal distribution with the mean and the variance of {@link dropConnectMoments}.
 *
 * @see Wan et al. 2013, https://proceedings.mlr.press/v28/wan13.html
 * @example
 * const layer = new DropConnect(3, 2, { rate: 0.5, activation: "relu", samples: 100 });
 * layer.forward(randn([5, 3])).shape; // => [5, 2]
 * Object.keys(layer.stateDict()); // => ["weight", "bias"]
 */
export class DropConnect extends DenseLayer<DropConnectLayerOptions> {
  static override readonly name: string = "DropConnect";

  constructor(inFeatures: number, outFeatures: number, options: DropConnectLayerOptions = {}) {
    super("DropConnect", inFeatures, outFeatures, options, layerTable);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("DropConnect.forward", none);
    const { weight, bias, activation, training } = this;
    const { rate, mode, samples, generator } = this.options;
    if (training || samples === 0) {
      return activate(dropConnect(x, weight, bias, { rate, mode, training, generator }), activation);
    }
    const [mean, variance] = dropConnectMoments(x, weight, bias, { rate });
    const noise = randn([samples, ...mean.shape], { dtype: variance.dtype, generator });
    return activate(mean.add(noise.mul(rootOf(variance))), activation).mean({ axis: 0 });
  }
}

/** The root, with gradient 0 where it is 0. */
function rootOf(variance: Tensor): Tensor {
  const none = variance.eq(0);
  return variance.maskedFill(none, 1).sqrt().maskedFill(none, 0);
}
