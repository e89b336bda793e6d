import type { ContractionSignatures } from "@tapegrad/tensor/internal";
import type { GraphWriter } from "../graph/graph-writer.ts";
import type { Operand, PrimitiveRows } from "./row.ts";

/** The matrices of a stack, their axes swapped if asked for. */
function swapped(writer: GraphWriter, { name, shape }: Operand, isSwapped: boolean): string {
  if (!isSwapped) return name;
  const axes = shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
  return writer.node("Transpose", [name], { perm });
}

/** Products. */
export const contraction: PrimitiveRows<keyof ContractionSignatures> = {
  matmul: (writer, [a, b], { transposeA, transposeB }) =>
    writer.node("MatMul", [swapped(writer, a, transposeA), swapped(writer, b, transposeB)]),
};
