import type { ReductionSignatures } from "@tapegrad/tensor/internal";
import { type Attributes, type GraphWriter } from "../graph/graph-writer.ts";
import type { Operand, Operands, PrimitiveRow, PrimitiveRows } from "./row.ts";

/** A reduction over axes, which stay with extent 1 unless `keepDims` says otherwise. */
export function reduce(
  writer: GraphWriter,
  op: "ReduceSum" | "ReduceMean" | "ReduceProd" | "ReduceMax" | "ReduceMin",
  x: string,
  axes: readonly number[],
  keepDims: boolean = true,
): string {
  // To ONNX, no axes are all.
  if (axes.length === 0) return x;
  const keepdims = keepDims ? 1 : 0;
  const areInputs = writer.opset >= 18 || op === "ReduceSum";
  return areInputs ? writer.node(op, [x, writer.wholes(axes)], { keepdims }) : writer.node(op, [x], { axes, keepdims });
}

/** What is done with bools as int32. */
function asNumbers(writer: GraphWriter, x: Operand, fn: (numbers: string) => string): string {
  return x.dtype === "bool" ? writer.cast(fn(writer.cast(x.name, "int32")), "bool") : fn(x.name);
}

const extreme =
  (op: "ReduceMax" | "ReduceMin") =>
  (writer: GraphWriter, [x]: Operands, { axes }: { readonly axes: readonly number[] }): string =>
    asNumbers(writer, x, (numbers) => reduce(writer, op, numbers, axes));

/** The first of the extreme elements along an axis. */
const argument =
  (op: "ArgMax" | "ArgMin") =>
  (writer: GraphWriter, [x]: Operands, { axis }: { readonly axis: number }): string => {
    const numbers = x.dtype === "bool" ? writer.cast(x.name, "int32") : x.name;
    return writer.cast(writer.node(op, [numbers], { axis, keepdims: 1 }), "int32");
  };

/** Equal elements stay in order, as ONNX has it too. */
const argsort: PrimitiveRow<"argsort"> = (writer, [x], { axis, descending }) => {
  const numbers = x.dtype === "bool" ? writer.cast(x.name, "int32") : x.name;
  const attrs: Attributes = { axis, largest: descending ? 1 : 0, sorted: 1 };
  const [, indices] = writer.nodes("TopK", [numbers, writer.extents([x.shape[axis]!])], 2, attrs);
  return writer.cast(indices!, "int32");
};

/** What is done along axes. */
export const reduction: PrimitiveRows<keyof ReductionSignatures> = {
  sum: (writer, [x], { axes }) => reduce(writer, "ReduceSum", x.name, axes),
  prod: (writer, [x], { axes }) => reduce(writer, "ReduceProd", x.name, axes),
  max: extreme("ReduceMax"),
  min: extreme("ReduceMin"),
  argmax: argument("ArgMax"),
  argmin: argument("ArgMin"),
  cumsum: (writer, [x], { axis, reverse }) =>
    writer.node("CumSum", [x.name, writer.scalar(axis, "int32")], { reverse: reverse ? 1 : 0 }),
  argsort,
};
