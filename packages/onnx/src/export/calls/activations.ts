import { Float } from "../graph/graph-writer.ts";
import { type CallRow, type CallRows, ofFloats } from "./row.ts";

const alpha = (op: string): CallRow<"elu" | "celu" | "leakyRelu"> =>
  ofFloats((writer, [x], attrs) => writer.node(op, [x.name], { alpha: new Float(attrs.alpha) }));

const direct = (op: string): CallRow<"softsign" | "hardSwish"> => ofFloats((writer, [x]) => writer.node(op, [x.name]));

const softplus: CallRow<"softplus"> = ofFloats((writer, [x], { beta, threshold }) => {
  // From there on, the curve is the line to the last bit.
  if (threshold < (x.dtype === "float64" ? 37 : 17)) return undefined;
  if (beta === 1) return writer.node("Softplus", [x.name]);
  const factor = writer.scalar(beta, x.dtype);
  return writer.node("Div", [writer.node("Softplus", [writer.node("Mul", [x.name, factor])]), factor]);
});

const celu = alpha("Celu");

/** Activations, as far as they are no primitives. */
export const activations: CallRows<
  | "celu"
  | "clip"
  | "elu"
  | "gelu"
  | "hardSigmoid"
  | "hardSwish"
  | "leakyRelu"
  | "mish"
  | "prelu"
  | "selu"
  | "softplus"
  | "softsign"
> = {
  // Of float32 alone.
  celu: (writer, inputs, attrs, result) =>
    inputs[0].dtype === "float32" ? celu(writer, inputs, attrs, result) : undefined,
  clip: ofFloats((writer, [x], { min, max }) =>
    writer.node("Clip", [x.name, writer.scalar(min, x.dtype), writer.scalar(max, x.dtype)]),
  ),
  elu: alpha("Elu"),
  gelu: ofFloats((writer, [x], { approximate }) =>
    writer.opset >= 20 ? writer.node("Gelu", [x.name], { approximate }) : undefined,
  ),
  hardSigmoid: ofFloats((writer, [x], attrs) =>
    writer.node("HardSigmoid", [x.name], { alpha: new Float(attrs.alpha), beta: new Float(attrs.beta) }),
  ),
  hardSwish: direct("HardSwish"),
  leakyRelu: alpha("LeakyRelu"),
  mish: ofFloats((writer, [x]) => {
    if (writer.opset >= 18) return writer.node("Mish", [x.name]);
    return writer.node("Mul", [x.name, writer.node("Tanh", [writer.node("Softplus", [x.name])])]);
  }),
  prelu: ofFloats((writer, [x, slope]) => {
    const along = x.shape.slice(2).map(() => 1);
    const isShared = slope!.shape[0] === 1 || along.length === 0;
    const aligned = isShared ? slope!.name : writer.reshape(slope!.name, [...slope!.shape, ...along]);
    return writer.node("PRelu", [x.name, aligned]);
  }),
  // Its constants are those of the operator.
  selu: ofFloats((writer, [x]) => writer.node("Selu", [x.name])),
  softplus,
  softsign: direct("Softsign"),
};
