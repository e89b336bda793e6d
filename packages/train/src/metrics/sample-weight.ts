import { type Shape, ShapeError, Tensor, ValueError } from "@tapegrad/tensor";
import { expectElements, formatShape, optional, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import type { UpdateOptions } from "./metric.ts";

const tensors = optional(ranges.instanceOf(Tensor));

/** The rows of what an update may be told. */
export const updateTable: OptionTable<UpdateOptions> = { sampleWeight: tensors, mask: tensors };

/**
 * How much each of some values counts, in float64 and of their shape: `sampleWeight · mask`, each spread over the axes
 * that it has not; undefined where all count 1.
 *
 * @param shape of the values
 * @throws {ShapeError} for a weight that has not the leading axes of the values
 * @throws {ValueError} for a weight that is negative, infinite or NaN
 */
export function weightOf(fn: string, shape: Shape, { sampleWeight, mask }: UpdateOptions): Tensor | undefined {
  const given = [
    sampleWeight && spread(fn, "sampleWeight", sampleWeight, shape),
    mask && spread(fn, "mask", mask.to("bool"), shape),
  ].filter((weight) => weight !== undefined);
  if (sampleWeight !== undefined) {
    expectElements(sampleWeight, {
      within: [[0, Number.MAX_VALUE]],
      error: (w) => new ValueError(`${fn}: expected sampleWeight ≥ 0 and finite, got ${w}.`),
    });
  }
  const [first, ...rest] = given;
  return first && rest.reduce((product, weight) => product.mul(weight), first).broadcastTo(shape);
}

/** What is given for the leading axes, with an extent of 1 for each axis after them. */
function spread(fn: string, name: string, given: Tensor, shape: Shape): Tensor {
  let own = given.shape;
  while (own.length > shape.length && own.at(-1) === 1) own = own.slice(0, -1);
  if (own.length > shape.length || own.some((extent, axis) => extent !== 1 && extent !== shape[axis])) {
    throw new ShapeError(
      `${fn}: expected a ${name} of the leading axes of ${formatShape(shape)}, got ${formatShape(given.shape)}.`,
    );
  }
  return given.to("float64").reshape([...own, ...shape.slice(own.length).map(() => 1)]);
}

/** Values with 0 for what does not count. */
export function counted(values: Tensor, weight: Tensor | undefined): Tensor {
  return weight === undefined ? values : values.maskedFill(weight.eq(0), 0);
}

/** Values in float64 times their weights; what does not count is 0, NaN too. */
export function weighted(values: Tensor, weight: Tensor | undefined): Tensor {
  const wide = counted(values.to("float64"), weight);
  return weight === undefined ? wide : wide.mul(weight);
}
