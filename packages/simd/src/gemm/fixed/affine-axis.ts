import type { Expr } from "../../assembler/expr.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import type { AffineMatrix, AxisDigit, StridedMatrix } from "./gemm-spec.ts";

/** The digits of one axis, in lowest terms, outermost first: never empty. */
export type Axis = readonly AxisDigit[];

/** A matrix with both axes in lowest terms. */
export interface Layout {
  readonly rows: Axis;
  readonly columns: Axis;
}

/** The layout of an operand of the given extents. */
export function layoutOf(matrix: StridedMatrix | AffineMatrix, rows: number, columns: number): Layout {
  if ("rowStride" in matrix) {
    return {
      rows: simplifyAxis([{ size: rows, stride: matrix.rowStride }]),
      columns: simplifyAxis([{ size: columns, stride: matrix.columnStride }]),
    };
  }
  return { rows: simplifyAxis(matrix.rows), columns: simplifyAxis(matrix.columns) };
}

/** Drops digits that never count and merges neighbours that step as one. */
function simplifyAxis(digits: readonly AxisDigit[]): Axis {
  const axis: AxisDigit[] = [];
  for (const digit of digits) {
    if (digit.size === 1) continue;
    const outer = axis.at(-1);
    if (outer !== undefined && outer.stride === digit.stride * digit.size) {
      axis[axis.length - 1] = { size: outer.size * digit.size, stride: digit.stride };
    } else axis.push(digit);
  }
  return axis.length === 0 ? [{ size: 1, stride: 1 }] : axis;
}

/** The only stride of an axis, or undefined if it has several digits. */
export function strideOf(axis: Axis): number | undefined {
  return axis.length === 1 ? axis[0]?.stride : undefined;
}

/** How many neighbouring indices, from each multiple of that number on, lie side by side in memory: 1 if none do. */
export function runOf(axis: Axis): number {
  const inner = axis.at(-1)!;
  return inner.stride === 1 ? inner.size : 1;
}

/** The length of an axis. */
export function lengthOf(axis: readonly AxisDigit[]): number {
  return axis.reduce((length, { size }) => length * size, 1);
}

/** The code of an index's offset in bytes. `index` is evaluated once for each digit. */
export function axisOffset(axis: Axis, index: Expr<"i32">, elementBytes: number): Expr<"i32"> {
  let inner = lengthOf(axis);
  const terms = axis.map(({ size, stride }, position) => {
    inner /= size;
    const quotient = inner === 1 ? index : i32.divU(index, inner);
    const digit = position === 0 ? quotient : i32.remU(quotient, size);
    return i32.mul(digit, stride * elementBytes);
  });
  return terms.reduce((sum, term) => i32.add(sum, term));
}
