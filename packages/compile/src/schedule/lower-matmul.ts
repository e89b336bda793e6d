import { attrsOf, type Operation } from "../graph/graph.ts";
import type { Operations } from "../operations/operation.ts";
import { transposedBand } from "./band.ts";
import type { Bands } from "./bands.ts";
import type { OwnKernel } from "./kernel-draft.ts";
import type { MatmulKernel } from "./kernel.ts";
import { lengthOf, type MatrixOperand, matrixOperand } from "./matrix-operand.ts";
import type { Views } from "./view.ts";

/**
 * The kernel of a product.
 *
 * @param bands where elements of its matrices matter
 */
export function lowerMatmul({ operation }: OwnKernel, views: Views, bands: Bands): MatmulKernel | undefined {
  const { transposeA, transposeB } = attrsOf(operation, "matmul");
  const [a, b] = operation.inputs.map((input) => matrixOperand(views, input));
  if (a === undefined || b === undefined) return undefined;
  const to = operation.outputs[0]!;
  const [left, right] = [transposeA ? transposed(a) : a, transposeB ? transposed(b) : b];
  // Axes of the stack that are summed, counted from the end, become the first digits of the contracted index.
  const { axes }: Partial<Operations["matmulSum"]> = attrsOf(operation, "matmulSum");
  const summed = (axes ?? []).map((axis) => axis - to.shape.length);
  const sizes = summed.map((axis) => Math.max(stackExtent(left, axis), stackExtent(right, axis)));
  return {
    kind: "matmul",
    operation,
    a: contracted(left, summed, sizes, -1),
    b: contracted(right, summed, sizes, -2),
    product: to,
    to,
    ...(operation.name === "matmul" && bandsOf(operation, transposeA, bands)),
  };
}

/** The bands of the left operand and of the product. */
function bandsOf(
  { inputs, outputs }: Operation,
  transposeA: boolean,
  bands: Bands,
): Pick<MatmulKernel, "bandA" | "bandC"> {
  const left = bands.ofNonzero(inputs[0]!);
  return { bandA: left && transposeA ? transposedBand(left) : left, bandC: bands.ofNeeded(outputs[0]!) };
}

/** The extent of an axis counted from the end; 1 if there is none. */
function stackExtent({ axes }: MatrixOperand, axis: number): number {
  return lengthOf(axes.at(axis) ?? []);
}

/** Moves axes of the stack, counted from the end, in front of the axis that is contracted. */
function contracted(
  operand: MatrixOperand,
  from: readonly number[],
  sizes: readonly number[],
  to: number,
): MatrixOperand {
  const axes = operand.axes.map((digits) => [...digits]);
  const moved = from.flatMap((axis, i) => {
    const size = sizes[i]!;
    const digits = stackExtent(operand, axis) === size ? axes.at(axis) : undefined;
    if (axes.length + axis >= 0) axes[axes.length + axis] = [{ size: 1, stride: 0 }];
    return digits ?? [{ size, stride: 0 }];
  });
  axes[axes.length + to] = [...moved, ...(axes.at(to) ?? [])];
  return { ...operand, axes };
}

function transposed(operand: MatrixOperand): MatrixOperand {
  const axes = [...operand.axes];
  const [rows, columns] = axes.splice(-2);
  return { ...operand, axes: [...axes, columns ?? [], rows ?? []] };
}
