import { DTypeError, GradError, ShapeError, ValueError } from "../errors.ts";
import { broadcastShapes, formatShape, sameShape, type Shape } from "../shape.ts";
import type { Operand } from "../tensor/arithmetic-methods.ts";
import { at, type AtPosition, checkMask } from "../tensor/at.ts";
import { expectElements } from "../tensor/expect-elements.ts";
import { expectOperand, expectTensor } from "../tensor/expect-tensor.ts";
import { withGradMode } from "../tensor/grad-node.ts";
import { selectAlong } from "../tensor/select-along.ts";
import { apply, assign, Tensor } from "../tensor/tensor.ts";
import { iota, ones, zeros } from "./creation.ts";
import { checkFits } from "./flat-data.ts";
import { where } from "./selection.ts";

const fn = "assignAt";

/**
 * Overwrites a part of a leaf, the elements that `target.at(...positions)` would give: `x[positions] = value` of PyTorch
 * under `no_grad`. As with `assign`, the tape learns nothing of it.
 *
 * Inside a compiled function a mask may stand alone, with one element for all that it selects; how many elements other
 * masks select is not known there.
 *
 * @param value a number, or a tensor of the dtype of `target` that broadcasts to the part
 * @param positions a number, a range, an int32 tensor or a bool mask for each axis, as in `at`
 * @throws {GradError} when `target` is the result of a recorded operation
 * @throws {ShapeError} for a position that `target` does not have, or a value that does not fit the part
 * @throws {DTypeError} for a value of another dtype
 * @throws {ValueError} for a position that is given twice, unless one element goes to all of them
 * @example
 * const x = zeros([2, 3]);
 * assignAt(x, tensor([1, 2]), 0, [1]);
 * assignAt(x, 9, x.eq(2));
 * x.toArray(); // => [[0, 1, 9], [0, 0, 0]]
 */
export function assignAt(target: Tensor, value: Operand, ...positions: AtPosition[]): void {
  expectTensor(fn, "target", target);
  expectOperand(fn, "value", value);
  if (target.node !== undefined) {
    throw new GradError(`${fn}: expected a leaf as target, got the result of ${target.node.name}. Detach it first.`);
  }
  if (typeof value === "number") checkFits(fn, [value], target.dtype, []);
  else if (value.dtype !== target.dtype) {
    throw new DTypeError(`${fn}: expected a value of dtype ${target.dtype}, as its target, got ${value.dtype}.`);
  }
  const source = typeof value === "number" ? target["scalar"](value, target.dtype) : value;
  withGradMode(false, () => assign(target, changed(target, source, positions)));
}

function changed(x: Tensor, source: Tensor, positions: readonly AtPosition[]): Tensor {
  const [first] = positions;
  const isMask = positions.length === 1 && first instanceof Tensor && first.dtype === "bool";
  if (isMask && source.size === 1 && source.ndim <= x.ndim - first.ndim + 1) {
    checkMask(fn, x, first, 0);
    const mask = first.reshape([...first.shape, ...x.shape.slice(first.ndim).map(() => 1)]);
    return where(mask, source.reshape([]), x);
  }
  // Whatever positions mean: where they are is what `at` finds among the numbers of all elements.
  const spots = at(iota([x.size], 0).reshape(x.shape), positions, fn);
  checkBroadcast(source.shape, spots.shape);
  if (spots.size === 0) return x;
  const spot = spots.flatten();
  const sum = (counted: Tensor): Tensor =>
    apply("scatterAdd", [zeros([x.size], { dtype: "int32" }), spot, counted], { axis: 0 })[0];
  const count = sum(ones([spots.size], { dtype: "int32" }));
  if (source.size === 1) return where(count.gt(0).reshape(x.shape), source.reshape([]), x);
  if (positions.some((position) => position instanceof Tensor)) {
    expectElements(count, {
      within: [[0, 1]],
      error: (times) => new ValueError(`${fn}: expected each position once, got one ${times} times.`),
    });
  }
  const values = source.broadcastTo(spots.shape).flatten();
  return where(count.gt(0), selectAlong(values, 0, sum(iota([spots.size], 0))), x.flatten()).reshape(x.shape);
}

function checkBroadcast(value: Shape, part: Shape): void {
  if (value.length <= part.length && sameShape(broadcastShapes(fn, value, part), part)) return;
  throw new ShapeError(`${fn}: expected a value that broadcasts to ${formatShape(part)}, got ${formatShape(value)}.`);
}
