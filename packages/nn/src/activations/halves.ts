import { chunk, ShapeError, type Tensor } from "@tapegrad/tensor";
import { type AxisOptions, axisOf } from "./axis-options.ts";

/**
 * The two halves of a tensor along an axis.
 *
 * @throws {ShapeError} for an axis of odd extent
 */
export function halves(fn: string, x: Tensor, options: AxisOptions): [Tensor, Tensor] {
  const axis = axisOf(fn, x, options);
  const extent = x.shape[axis]!;
  if (extent % 2 !== 0) throw new ShapeError(`${fn}: expected an even extent along axis ${axis}, got ${extent}.`);
  const [first, second] = chunk(x, 2, axis);
  return [first as Tensor, second as Tensor];
}
