import { type Composites, isFloat, sizeOf } from "@tapegrad/tensor/internal";
import type { Attributes } from "../graph/graph-writer.ts";
import { reduce } from "../primitives/reduction.ts";
import type { CallRows } from "./row.ts";

function windowed({ size, stride, margins }: Composites["maxPool"]): Attributes {
  const pads = [0, 1].flatMap((end) => margins.map((pair) => pair[end]!));
  return { kernel_shape: size, strides: stride, pads };
}

/** Largest elements and means. */
export const poolings: CallRows<"maxPool" | "avgPool" | "mean"> = {
  maxPool: (writer, [x], attrs) =>
    isFloat(x.dtype) ? writer.node("MaxPool", [x.name], { ...windowed(attrs), dilations: attrs.dilation }) : undefined,
  avgPool: (writer, [x], attrs) => {
    const { divisor, size } = attrs;
    // ONNX divides by what is inside of the input, or by the size of the window.
    if (divisor === "padded") return undefined;
    const count_include_pad = divisor === "inside" ? 0 : 1;
    const means = writer.node("AveragePool", [x.name], { ...windowed(attrs), count_include_pad });
    const factor = divisor === "inside" ? 1 : sizeOf(size) / divisor;
    return factor === 1 ? means : writer.node("Mul", [means, writer.scalar(factor, x.dtype)]);
  },
  mean: (writer, [x], { axes, keepDims }, { dtype }) =>
    reduce(writer, "ReduceMean", x.dtype === dtype ? x.name : writer.cast(x.name, dtype), axes, keepDims),
};
