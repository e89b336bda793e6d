import type { AxisDigit, GemmSpec } from "@tapegrad/simd";
import type { Value } from "../../graph/graph.ts";
import { type Band, bandSize, bandWithin } from "../../schedule/band.ts";
import type { MatmulKernel } from "../../schedule/kernel.ts";
import { lengthOf, type MatrixOperand } from "../../schedule/matrix-operand.ts";
import { type FoldedMatrix, foldedMatrix } from "./folded-matrix.ts";

/** A product as calls of one function, once per matrix of the stack. */
export interface MatmulPlan {
  readonly kernel: MatmulKernel;
  readonly spec: GemmSpec;
  /** Extents of the stack, and how far the operands and what is stored move with each step, in elements. */
  readonly batch: readonly BatchAxis[];
  /** What each matrix is folded to. */
  readonly folded: FoldedMatrix | undefined;
}

/** An axis of a stack of matrices. */
export interface BatchAxis {
  readonly size: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Plans a product. */
export function planMatmul(kernel: MatmulKernel, fma: boolean): MatmulPlan {
  const { a, b, product: to } = kernel;
  const [m, n] = to.shape.slice(-2) as [number, number];
  const [rowsA, columnsA] = a.axes.slice(-2) as [readonly AxisDigit[], readonly AxisDigit[]];
  const [rowsB, columnsB] = b.axes.slice(-2) as [readonly AxisDigit[], readonly AxisDigit[]];
  const k = lengthOf(columnsA);
  let batch = batchAxes(a, b, to);
  let rows = rowsA;
  let height = m;
  // One B under all: the rows of the stack are rows of one product.
  while (batch.length > 0 && batch.at(-1)!.b === 0) {
    const { size, a: stride } = batch.at(-1)!;
    rows = [{ size, stride }, ...rows];
    height *= size;
    batch = batch.slice(0, -1);
  }
  const spec: GemmSpec = {
    name: `matmul ${height}x${k}x${n}`,
    dtype: to.dtype as "float32" | "float64",
    m: height,
    n,
    k,
    a: { rows, columns: columnsA },
    b: { rows: rowsB, columns: columnsB },
    c: { rowStride: n },
    fma,
    ...repayingBands(kernel, height === m, { m, n, k }),
  };
  const folded = foldedMatrix(kernel, spec);
  const stored = folded?.elements ?? m * n;
  return { kernel, spec, batch: batch.map((axis) => ({ ...axis, c: axis.c * stored })), folded };
}

/** Bands that leave out more of a matrix repay the bounds of their blocks of rows. */
const largestShare = 0.8;
/** Rows from which they do. */
const leastRows = 32;

/** The bands of a product of a stack that repay, in the sizes of its matrices. */
function repayingBands(
  { bandA, bandC, epilogue, folding }: MatmulKernel,
  isStack: boolean,
  { m, n, k }: Pick<GemmSpec, "m" | "n" | "k">,
): Pick<GemmSpec, "bandA" | "bandC"> {
  if (!isStack || m < leastRows || folding !== undefined) return {};
  const repaying = (band: Band | undefined, columns: number): Band | undefined => {
    const isSmall = band !== undefined && bandSize(band, m, columns) < largestShare * m * columns;
    return isSmall ? bandWithin(band, m, columns) : undefined;
  };
  const [a, c] = [repaying(bandA, k), epilogue === undefined ? repaying(bandC, n) : undefined];
  return { ...(a && { bandA: a }), ...(c && { bandC: c }) };
}

/** The axes of a stack, in `c` as if a matrix were one element. */
function batchAxes(a: MatrixOperand, b: MatrixOperand, to: Value): BatchAxis[] {
  const shape = to.shape.slice(0, -2);
  const strides: number[] = [];
  let step = 1;
  for (const size of shape.toReversed()) {
    strides.unshift(step);
    step *= size;
  }
  return shape.flatMap((size, axis) => {
    if (size === 1) return [];
    const strideOf = ({ axes }: MatrixOperand): number => {
      const own = axes[axes.length - 2 - shape.length + axis];
      return own === undefined || lengthOf(own) === 1 ? 0 : (own.find((digit) => digit.size > 1)?.stride ?? 0);
    };
    return [{ size, a: strideOf(a), b: strideOf(b), c: strides[axis]! }];
  });
}
