import type { Composites } from "@tapegrad/tensor/internal";
import { isFixed } from "../graph/extent.ts";
import type { Attributes } from "../graph/graph-writer.ts";
import type { Operand } from "../primitives/row.ts";
import type { CallRows } from "./row.ts";

/** What convolutions of both directions say; undefined for what ONNX does not convolve. */
function sliding(
  x: Operand,
  weight: Operand,
  { stride, dilation, margins, groups }: Composites["conv"],
): Attributes | undefined {
  const size = weight.shape.slice(2);
  if (x.dtype === "int32" || !size.every(isFixed)) return undefined;
  const pads = [0, 1].flatMap((end) => margins.map((pair) => pair[end]!));
  return { kernel_shape: size, strides: stride, dilations: dilation, pads, group: groups };
}

/** Products, convolutions, and the row of a table, which is a product with a matrix of zeros and ones. */
export const products: CallRows<"gemm" | "conv" | "convTranspose" | "embedding" | "indexSelect"> = {
  gemm: (writer, [a, b, c], { transposeA, transposeB }) =>
    writer.node("Gemm", [a.name, b!.name, c?.name], { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 }),
  conv: (writer, [x, weight, bias], attrs) => {
    const how = sliding(x, weight!, attrs);
    return how && writer.node("Conv", [x.name, weight!.name, bias?.name], how);
  },
  convTranspose: (writer, [x, weight, bias], attrs) => {
    const how = sliding(x, weight!, attrs);
    const inputs = [x.name, weight!.name, bias?.name];
    return how && writer.node("ConvTranspose", inputs, { ...how, output_padding: attrs.extra });
  },
  embedding: (writer, [index, table]) => writer.node("Gather", [table!.name, index.name], { axis: 0 }),
  indexSelect: (writer, [x, index], { axis }) => writer.node("Gather", [x.name, index!.name], { axis }),
};
