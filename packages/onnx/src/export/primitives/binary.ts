import { type BinarySignatures, isFloat } from "@tapegrad/tensor/internal";
import type { GraphWriter } from "../graph/graph-writer.ts";
import type { Operand, Operands, PrimitiveRows } from "./row.ts";

type Binary = (writer: GraphWriter, operands: Operands) => string;

const direct =
  (op: string): Binary =>
  (writer, [a, b]) =>
    writer.node(op, [a.name, b.name]);

/** Of bools, another operator. */
const orOfBools =
  (op: string, ofBools: string): Binary =>
  (writer, [a, b]) =>
    writer.node(a.dtype === "bool" ? ofBools : op, [a.name, b.name]);

/** ONNX orders numbers only. */
const ordered =
  (op: string): Binary =>
  (writer, [a, b]) => {
    const numbers = [a, b].map(({ name, dtype }) => (dtype === "bool" ? writer.cast(name, "int32") : name));
    return writer.node(op, numbers);
  };

/** The rest with the sign of the divisor. */
function remainder(writer: GraphWriter, a: Operand, b: Operand): string {
  if (!isFloat(a.dtype)) return writer.node("Mod", [a.name, b.name]);
  const zero = writer.scalar(0, a.dtype);
  const rest = writer.node("Mod", [a.name, b.name], { fmod: 1 });
  const isNegative = (x: string): string => writer.node("Less", [x, zero]);
  const differs = writer.node("Xor", [isNegative(rest), isNegative(b.name)]);
  const isThere = writer.node("Not", [writer.node("Equal", [rest, zero])]);
  const wrapped = writer.node("Add", [rest, b.name]);
  return writer.node("Where", [writer.node("And", [isThere, differs]), wrapped, rest]);
}

/** `c ? a : b`, of bools by logic, since runtimes choose between numbers. */
function where(writer: GraphWriter, [condition, a, b]: Operands): string {
  if (a.dtype !== "bool") return writer.node("Where", [condition.name, a.name, b.name]);
  const chosen = writer.node("And", [condition.name, a.name]);
  const other = writer.node("And", [writer.node("Not", [condition.name]), b.name]);
  return writer.node("Or", [chosen, other]);
}

/** Functions of two or three elements that broadcast, as ONNX does. */
export const binary: PrimitiveRows<keyof BinarySignatures> = {
  add: direct("Add"),
  sub: direct("Sub"),
  mul: direct("Mul"),
  div: direct("Div"),
  pow: direct("Pow"),
  maximum: orOfBools("Max", "Or"),
  minimum: orOfBools("Min", "And"),
  remainder: (writer, [a, b]) => remainder(writer, a, b),
  eq: direct("Equal"),
  ne: (writer, [a, b]) => writer.node("Not", [writer.node("Equal", [a.name, b.name])]),
  lt: ordered("Less"),
  le: ordered("LessOrEqual"),
  gt: ordered("Greater"),
  ge: ordered("GreaterOrEqual"),
  logicalAnd: direct("And"),
  logicalOr: direct("Or"),
  where,
};
