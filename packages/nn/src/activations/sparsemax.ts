import { sort, type Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, expectTensor, iota } from "@tapegrad/tensor/internal";
import { axesOf, AxisModule, type AxisOptions } from "./axis-options.ts";

/**
 * Probabilities many of which are 0: the point of the simplex that is nearest to `x`. `y = max(x − τ, 0)`, with τ such
 * that the sum along the axis is 1.
 *
 * Backward: `dx = dy − mean(dy)` over the elements above 0, 0 elsewhere, at the limit too.
 *
 * @throws {ShapeError} for an axis that `x` does not have
 * @see Martins and Astudillo, From Softmax to Sparsemax (2016), https://arxiv.org/abs/1602.02068
 * @example
 * sparsemax(tensor([1, 0.5, -1])).toArray(); // => [0.75, 0.25, 0]
 * new Sparsemax().forward(tensor([0, 3])).toArray(); // => [0, 1]
 */
export function sparsemax(x: Tensor, options: AxisOptions = {}): Tensor {
  expectTensor("sparsemax", "x", x);
  const [axis] = axesOf("sparsemax", x, options);
  if (axis === undefined) return sparsemax(x.reshape([1])).reshape([]); // a number alone
  const values = asFloat(x);
  if (x.size === 0) return values;
  // From the largest down, so that nothing overflows.
  const below = values.sub(values.detach().max({ axis, keepDims: true }));
  const outside = outsideSupport(below.detach(), axis);
  const inside = below.maskedFill(outside, 0);
  const count = outside.logicalNot().to(values.dtype).sum({ axis, keepDims: true });
  const tau = inside.sum({ axis, keepDims: true }).sub(1).div(count);
  return inside.sub(tau).maskedFill(outside, 0);
}

/** Which elements become 0: all but the k largest, `k = max{k : 1 + k·z₍ₖ₎ > Σ_{j≤k} z₍ⱼ₎}`. None does where one is NaN. */
function outsideSupport(z: Tensor, axis: number): Tensor {
  const { values: sorted } = sort(z, { axis, descending: true });
  const rank = iota(
    z.shape.map((extent, a) => (a === axis ? extent : 1)),
    axis,
    z.dtype,
  ).add(1);
  const sums = sorted.cumsum({ axis });
  const inside = sorted.mul(rank).add(1).gt(sums);
  const count = inside.to(z.dtype).sum({ axis, keepDims: true });
  const tau = sorted.maskedFill(inside.logicalNot(), 0).sum({ axis, keepDims: true }).sub(1).div(count);
  return z.le(tau);
}

/** {@link sparsemax} as a layer. */
export class Sparsemax extends AxisModule {
  static override readonly name: string = "Sparsemax";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Sparsemax.forward", none);
    return sparsemax(x, this.options);
  }
}
