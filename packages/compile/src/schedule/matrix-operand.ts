import { stridesOf } from "@tapegrad/tensor/internal";
import { operationOf, type Value } from "../graph/graph.ts";
import type { Views } from "./view.ts";

/** One digit of an index: its number of values, and how far one step moves in memory, in elements. */
export interface AxisDigit {
  readonly size: number;
  readonly stride: number;
}

/** A stack of matrices as an affine map: each axis is counted by digits, the last running fastest. */
export interface MatrixOperand {
  readonly base: Value;
  readonly offset: number;
  readonly axes: readonly (readonly AxisDigit[])[];
}

/**
 * How an operand of a product lies in memory. Windows, whose reshape no single stride expresses, are read where
 * they are: one digit for each axis that the reshape joined.
 */
export function matrixOperand(views: Views, value: Value): MatrixOperand {
  const { base, offset, shape, strides } = views.of(value);
  const plain = shape.map((size, axis) => [{ size, stride: strides[axis]! }]);
  const operation = operationOf(base);
  if (operation?.name !== "reshape") return { base, offset, axes: plain };
  const joined = joinedAxes(views, operation.inputs[0]!, base.shape);
  if (joined === undefined || offset !== 0) return { base, offset, axes: plain };
  const own = stridesOf(base.shape);
  const axes: (readonly AxisDigit[])[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis]!;
    const stride = strides[axis]!;
    const from = base.shape.findIndex((extent, a) => extent === size && own[a] === stride && extent > 1);
    if (size > 1 && stride !== 0 && from < 0) return { base, offset, axes: plain };
    axes.push(size > 1 && stride !== 0 ? joined.axes[from]! : [{ size, stride: 0 }]);
  }
  const isStack = axes.slice(0, -2).every((digits) => digits.filter(({ size }) => size > 1).length <= 1);
  return isStack ? { base: joined.base, offset: joined.offset, axes } : { base, offset, axes: plain };
}

/** The extent of an axis. */
export function lengthOf(digits: readonly AxisDigit[]): number {
  return digits.reduce((product, { size }) => product * size, 1);
}

/** The digits behind each axis of a reshape that joins axes of a view; undefined if it cuts one. */
function joinedAxes(views: Views, input: Value, shape: readonly number[]): MatrixOperand | undefined {
  const view = views.of(input);
  const axes: AxisDigit[][] = [];
  let at = 0;
  for (const extent of shape) {
    const digits: AxisDigit[] = [];
    let size = 1;
    while (size < extent) {
      const next = view.shape[at];
      if (next === undefined) return undefined;
      digits.push({ size: next, stride: view.strides[at++]! });
      size *= next;
    }
    if (size !== extent) return undefined;
    if (digits.length === 0) digits.push({ size: 1, stride: 0 });
    axes.push(digits);
  }
  return { base: view.base, offset: view.offset, axes };
}
