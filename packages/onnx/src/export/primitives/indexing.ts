import { isFloat, type IndexingSignatures } from "@tapegrad/tensor/internal";
import { isFixed } from "../graph/extent.ts";
import type { GraphWriter } from "../graph/graph-writer.ts";
import type { AttrsOfAny } from "../trace/attributes.ts";
import { followsBatch } from "../trace/refused.ts";
import type { Operand, PrimitiveRows } from "./row.ts";

/** Reading and writing by an index, or where windows have their maxima. */
export const indexing: PrimitiveRows<keyof IndexingSignatures> = {
  gather: (writer, [x, index], { axis }) => writer.node("GatherElements", [x.name, index.name], { axis }),
  scatterAdd: (writer, [x, index, source], { axis }) =>
    writer.node("ScatterElements", [x.name, index.name, source.name], { axis, reduction: "add" }),
  gatherMaxima: (writer, [x, y], attrs, { shape }) => {
    if (attrs.size.length === 0) return y.name;
    const taken = writer.node("GatherElements", [flat(writer, y.name), maximaOf(writer, x, attrs)], { axis: 0 });
    return writer.reshape(taken, shape);
  },
  scatterMaxima: (writer, [x, y], attrs, { shape, dtype }) => {
    if (attrs.size.length === 0) return y.name;
    const zeros = writer.node("Expand", [writer.scalar(0, dtype), writer.extents(shape)]);
    const operands = [flat(writer, zeros), maximaOf(writer, x, attrs), flat(writer, y.name)];
    return writer.reshape(writer.node("ScatterElements", operands, { axis: 0, reduction: "add" }), shape);
  },
};

function flat(writer: GraphWriter, x: string): string {
  return writer.node("Reshape", [x, writer.wholes([-1])]);
}

/** Where in all of `x` the first maximum of each of its windows is. */
function maximaOf(writer: GraphWriter, x: Operand, attrs: AttrsOfAny<"gatherMaxima">): string {
  const { stride, dilation, margins } = attrs;
  const size = attrs.size.filter(isFixed);
  if (size.length < attrs.size.length) throw followsBatch("the size of a window of maxima");
  const lead = x.shape.length - size.length;
  // MaxPool knows floats only. It has two axes before those of its windows: more of them have windows of one element.
  const floats = isFloat(x.dtype) ? x.name : writer.cast(x.name, "float64");
  const planes =
    lead < 2
      ? writer.reshape(floats, [...x.shape.slice(0, lead), ...[1, 1].slice(lead), ...x.shape.slice(lead)])
      : floats;
  const whole = Array.from({ length: Math.max(0, lead - 2) }, () => 1);
  const pads = [0, 1].flatMap((end) => [...whole.map(() => 0), ...margins.map((pair) => pair[end]!)]);
  const [, at] = writer.nodes("MaxPool", [planes], 2, {
    kernel_shape: [...whole, ...size],
    strides: [...whole, ...stride],
    dilations: [...whole, ...dilation],
    pads,
  }) as [string, string];
  return flat(writer, at);
}
