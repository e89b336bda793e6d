import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { apply, formatShape } from "@tapegrad/tensor/internal";

/**
 * Affine map of the last axis: `y = x·Wᵀ + b`.
 *
 * @param x `[..., in]`
 * @param weight `[out, in]`, PyTorch's layout
 * @param bias `[out]`
 * @returns `[..., out]`, in the promoted dtype
 * @throws {ShapeError} when the last axis of `x` is not `in`
 * @example
 * ```ts
 * linear(tensor([[1, 2]]), tensor([[3, 4], [5, 6]]), tensor([0, 1])).toArray(); // => [[11, 18]]
 * ```
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const [out, inside] = weight.shape;
  if (out === undefined || inside === undefined || weight.ndim !== 2) {
    throw new ShapeError(`linear: expected a weight of shape [out, in], got ${formatShape(weight.shape)}.`);
  }
  if (x.ndim === 0 || x.shape.at(-1) !== inside) {
    throw new ShapeError(`linear: expected input of shape [..., ${inside}], got ${formatShape(x.shape)}.`);
  }
  if (bias !== undefined && (bias.ndim !== 1 || bias.shape[0] !== out)) {
    throw new ShapeError(`linear: expected a bias of shape [${out}], got ${formatShape(bias.shape)}.`);
  }
  const rows = x.ndim === 2 ? x : x.reshape([inside === 0 ? sizeWithoutLast(x) : x.size / inside, inside]); // [rows, in]
  const product =
    rows.dtype === weight.dtype
      ? apply("matmul", [rows, weight], { transposeA: false, transposeB: true })[0]
      : rows.matmul(weight.transpose());
  const y = bias === undefined ? product : product.add(bias);
  return x.ndim === 2 ? y : y.reshape([...x.shape.slice(0, -1), out]);
}

function sizeWithoutLast(x: Tensor): number {
  return x.shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
}
