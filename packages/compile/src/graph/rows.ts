import { sizeOf } from "@tapegrad/tensor/internal";
import type { GraphOps } from "./algebra.ts";
import { attrsOf, operationOf, type Value } from "./graph.ts";

/** Rows of the matrix that a tensor is, read in its order with so many columns. */
export interface Rows {
  readonly of: Value;
  readonly start: number;
  readonly count: number;
}

/** Of which tensor a matrix is rows: of what it is sliced from along the first axis, or itself. */
export function rowsOf(matrix: Value): Rows {
  const [count, columns] = matrix.shape as [number, number];
  const reshaped = operationOf(matrix);
  const slice = reshaped?.name === "reshape" ? operationOf(reshaped.inputs[0]!) : reshaped;
  const whole = { of: matrix, start: 0, count };
  if (slice?.name !== "slice" || sizeOf(matrix.shape) === 0) return whole;
  const { start, size, step } = attrsOf(slice, "slice");
  const of = slice.inputs[0]!;
  const isAlongFirst = of.shape.every((extent, axis) => axis === 0 || size[axis] === extent) && step[0] === 1;
  const before = start[0]! * sizeOf(of.shape.slice(1));
  return isAlongFirst && before % columns === 0 && sizeOf(of.shape) % columns === 0
    ? { of, start: before / columns, count }
    : whole;
}

/** Whether rows are of one tensor, each where the ones before it end. */
export function areNeighbours(rows: readonly Rows[]): boolean {
  return rows.every(({ of, start }, i) => {
    const before = rows[i - 1];
    return before === undefined || (of === before.of && start === before.start + before.count);
  });
}

/** A tensor as a matrix. */
export function asMatrix(builder: GraphOps, value: Value, columns: number): Value {
  return builder.apply("reshape", [value], { shape: [sizeOf(value.shape) / columns, columns] });
}

/** Rows of a matrix. */
export function sliceRows(builder: GraphOps, matrix: Value, start: number, count: number): Value {
  const columns = matrix.shape[1]!;
  return builder.apply("slice", [matrix], { start: [start, 0], size: [count, columns], step: [1, 1] });
}
