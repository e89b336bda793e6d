import type { AttrsOf, SoftmaxSignatures } from "@tapegrad/tensor/internal";
import type { GraphWriter } from "../graph/graph-writer.ts";
import { reduce } from "./reduction.ts";
import type { Operand, PrimitiveRow, PrimitiveRows } from "./row.ts";

type Attrs = AttrsOf<"softmax">;

const said =
  (
    op: "Softmax" | "LogSoftmax",
    elementary: (writer: GraphWriter, x: Operand, attrs: Attrs) => string,
  ): PrimitiveRow<"softmax"> =>
  (writer, [x], attrs) => {
    const [axis, ...others] = attrs.axes;
    const isPlain = axis !== undefined && others.length === 0 && !attrs.masked;
    return isPlain ? writer.node(op, [x.name], { axis }) : elementary(writer, x, attrs);
  };

/** Along several axes, or with 0 where all is hidden, in elementary operators. */
function sumOfPowers(
  writer: GraphWriter,
  x: Operand,
  { axes, masked }: Attrs,
): { readonly shifted: string; readonly powers: string; readonly total: string } {
  const instead = (value: string, of: number, by: number): string => {
    if (!masked) return value;
    const scalar = (number: number): string => writer.scalar(number, x.dtype);
    return writer.node("Where", [writer.node("Equal", [value, scalar(of)]), scalar(by), value]);
  };
  const shifted = writer.node("Sub", [x.name, instead(reduce(writer, "ReduceMax", x.name, axes), -Infinity, 0)]);
  const powers = writer.node("Exp", [shifted]);
  return { shifted, powers, total: instead(reduce(writer, "ReduceSum", powers, axes), 0, 1) };
}

/** Shares of a whole, and their logarithms. */
export const softmax: PrimitiveRows<keyof SoftmaxSignatures> = {
  softmax: said("Softmax", (writer, x, attrs) => {
    const { powers, total } = sumOfPowers(writer, x, attrs);
    const shares = writer.node("Div", [powers, total]);
    if (!attrs.masked) return shares;
    const isHidden = writer.node("Equal", [x.name, writer.scalar(-Infinity, x.dtype)]);
    return writer.node("Where", [isHidden, writer.scalar(0, x.dtype), shares]);
  }),
  logSoftmax: said("LogSoftmax", (writer, x, attrs) => {
    const { shifted, total } = sumOfPowers(writer, x, attrs);
    return writer.node("Sub", [shifted, writer.node("Log", [total])]);
  }),
};
