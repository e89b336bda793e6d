import { ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  apply,
  expectNothing,
  expectOptionalTensor,
  expectTensor,
  formatShape,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { activate } from "../activations/activation.ts";
import { checkDTypes } from "../module/check-dtypes.ts";
import { checkVector } from "../module/check-vector.ts";
import type { OptionsOf } from "../module/options-of.ts";
import { DenseLayer, type DenseOptions, denseTable } from "./dense-layer.ts";

/** The shape of the weight of a map of the last axis; throws unless it is a matrix that `x` fits. */
export function checkLinear(fn: string, x: Tensor, weight: Tensor): readonly [out: number, inside: number] {
  expectTensor(fn, "x", x);
  expectTensor(fn, "weight", weight);
  const [out, inside] = weight.shape;
  if (out === undefined || inside === undefined || weight.ndim !== 2) {
    throw new ShapeError(`${fn}: expected a weight of shape [out, in], got ${formatShape(weight.shape)}.`);
  }
  if (x.ndim === 0 || x.shape.at(-1) !== inside) {
    throw new ShapeError(`${fn}: expected input of shape [..., ${inside}], got ${formatShape(x.shape)}.`);
  }
  return [out, inside];
}

/** The shape of the weight; throws unless weight and bias are those of an affine map that `x` fits. */
export function checkAffine(
  fn: string,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
): readonly [out: number, inside: number] {
  const extents = checkLinear(fn, x, weight);
  expectOptionalTensor(fn, "bias", bias);
  checkVector(fn, "a bias", bias, [extents[0]]);
  checkDTypes(fn, { input: x, weight });
  return extents;
}

/**
 * Affine map of the last axis: `y = x·Wᵀ + b`.
 *
 * @param x `[..., in]`
 * @param weight `[out, in]`, PyTorch's layout
 * @param bias `[out]`
 * @returns `[..., out]`, in the promoted dtype
 * @throws {ShapeError} when the last axis of `x` is not `in`
 * @throws {DTypeError} unless `x` and `weight` have one dtype
 * @example
 * linear(tensor([[1, 2]]), tensor([[3, 4], [5, 6]]), tensor([0, 1])).toArray(); // => [[11, 18]]
 * const layer = new Dense(3, 2, { init: "ones", biasInit: "zeros" });
 * layer.forward(tensor([[1, 2, 3]])).toArray(); // => [[6, 6]]
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor, ...none: []): Tensor {
  expectNothing("linear", none);
  const [out, inside] = checkAffine("linear", x, weight, bias);
  const rows = x.ndim === 2 ? x : x.reshape([sizeOf(x.shape.slice(0, -1)), inside]); // [rows, in]
  const [product] = apply("matmul", [rows, weight], { transposeA: false, transposeB: true });
  const y = bias === undefined ? product : product.add(bias);
  return x.ndim === 2 ? y : y.reshape([...x.shape.slice(0, -1), out]);
}

/**
 * Fully connected layer: {@link linear} with a trained weight and bias, and an activation if one is given.
 *
 * @example
 * const layer = new Dense(3, 2, { activation: "relu", kernelRegularizer: "l2", kernelConstraint: constraints.maxNorm(3) });
 * layer.forward(randn([5, 3])).shape; // => [5, 2]
 */
export class Dense extends DenseLayer<DenseOptions> {
  static override readonly name: string = "Dense";

  constructor(inFeatures: number, outFeatures: number, options: DenseOptions & OptionsOf<"Dense"> = {}) {
    super("Dense", inFeatures, outFeatures, options, denseTable);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Dense.forward", none);
    return activate(linear(x, this.weight, this.bias), this.activation);
  }
}
