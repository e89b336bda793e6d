import { isFloat, type UnarySignatures } from "@tapegrad/tensor/internal";
import type { GraphWriter } from "../graph/graph-writer.ts";
import type { Operand, Operands, PrimitiveRows } from "./row.ts";

type Unary = (writer: GraphWriter, operands: Operands) => string;

const direct =
  (op: string): Unary =>
  (writer, [x]) =>
    writer.node(op, [x.name]);

/** Of whole numbers, the identity. */
const ofFloats =
  (op: string): Unary =>
  (writer, [x]) =>
    isFloat(x.dtype) ? writer.node(op, [x.name]) : x.name;

function reciprocalRoot(writer: GraphWriter, x: string): string {
  return writer.node("Reciprocal", [writer.node("Sqrt", [x])]);
}

/** `tanh(x/2) · (exp x + 1)`, which keeps the digits of a small x. */
function expMinusOne(writer: GraphWriter, x: Operand): string {
  const half = writer.node("Mul", [x.name, writer.scalar(0.5, x.dtype)]);
  const sum = writer.node("Add", [writer.node("Exp", [x.name]), writer.scalar(1, x.dtype)]);
  return writer.node("Mul", [writer.node("Tanh", [half]), sum]);
}

/** `log u − ((u − 1) − x) / u` with u = 1 + x, which keeps the digits of a small x; log u where nothing was rounded off. */
function logOnePlus(writer: GraphWriter, x: Operand): string {
  const one = writer.scalar(1, x.dtype);
  const u = writer.node("Add", [x.name, one]);
  const back = writer.node("Sub", [u, one]);
  const log = writer.node("Log", [u]);
  const missing = writer.node("Div", [writer.node("Sub", [back, x.name]), u]);
  return writer.node("Where", [writer.node("Equal", [back, x.name]), log, writer.node("Sub", [log, missing])]);
}

/** Functions of one element. */
export const unary: PrimitiveRows<keyof UnarySignatures> = {
  neg: direct("Neg"),
  abs: direct("Abs"),
  sign: direct("Sign"),
  exp: direct("Exp"),
  expm1: (writer, [x]) => expMinusOne(writer, x),
  log: direct("Log"),
  log1p: (writer, [x]) => logOnePlus(writer, x),
  sqrt: direct("Sqrt"),
  rsqrt: (writer, [x]) => reciprocalRoot(writer, x.name),
  reciprocal: direct("Reciprocal"),
  square: (writer, [x]) => writer.node("Mul", [x.name, x.name]),
  sin: direct("Sin"),
  cos: direct("Cos"),
  atan: direct("Atan"),
  tanh: direct("Tanh"),
  sigmoid: direct("Sigmoid"),
  erf: direct("Erf"),
  erfc: (writer, [x]) => writer.node("Sub", [writer.scalar(1, x.dtype), writer.node("Erf", [x.name])]),
  relu: (writer, [x]) =>
    isFloat(x.dtype) ? writer.node("Relu", [x.name]) : writer.node("Max", [x.name, writer.scalar(0, x.dtype)]),
  floor: ofFloats("Floor"),
  ceil: ofFloats("Ceil"),
  round: ofFloats("Round"),
  logicalNot: direct("Not"),
  cast: (writer, [x], { dtype }) => (x.dtype === dtype ? x.name : writer.cast(x.name, dtype)),
};
