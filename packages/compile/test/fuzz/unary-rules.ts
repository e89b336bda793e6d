import type { PrimitiveName } from "@tapegrad/tensor/internal";
import { bool, type Range, type Rule } from "./rule.ts";

type Map1 = (low: number, high: number) => Range;

const unary =
  (name: PrimitiveName, [low, high]: Range, map: Map1): Rule =>
  (b) => {
    const x = b.float(low, high);
    b.emit(name, [x], {}, map(x.low, x.high));
  };
const rising =
  (f: (x: number) => number): Map1 =>
  (low, high) => [f(low), f(high)];
const within =
  (low: number, high: number): Map1 =>
  () => [low, high];
const all: Range = [-30, 30];

/** Functions of one element. */
export const unaryRules: Readonly<Record<string, Rule>> = {
  neg: (b) => {
    const x = b.value(
      ({ dtype }) => dtype !== "bool",
      () => b.fresh(b.shape()),
    );
    b.emit("neg", [x], {}, [-x.high, -x.low]);
  },
  abs: unary("abs", all, (low, high) => [0, Math.max(-low, high)]),
  sign: unary("sign", all, within(-1, 1)),
  exp: unary("exp", [-8, 3], rising(Math.exp)),
  expm1: unary("expm1", [-8, 3], rising(Math.expm1)),
  log: unary("log", [0.3, 100], rising(Math.log)),
  log1p: unary("log1p", [-0.7, 100], rising(Math.log1p)),
  sqrt: unary("sqrt", [0.2, 100], rising(Math.sqrt)),
  rsqrt: unary("rsqrt", [0.2, 100], (low, high) => [1 / Math.sqrt(high), 1 / Math.sqrt(low)]),
  reciprocal: unary("reciprocal", [0.3, 100], (low, high) => [1 / high, 1 / low]),
  square: unary("square", all, (low, high) => [0, Math.max(low * low, high * high)]),
  sin: unary("sin", all, within(-1, 1)),
  cos: unary("cos", all, within(-1, 1)),
  atan: unary("atan", all, within(-1.6, 1.6)),
  tanh: unary("tanh", all, within(-1, 1)),
  sigmoid: unary("sigmoid", all, within(0, 1)),
  erf: unary("erf", all, within(-1, 1)),
  erfc: unary("erfc", all, within(0, 2)),
  relu: unary("relu", all, (low, high) => [Math.max(0, low), Math.max(0, high)]),
  floor: unary("floor", all, rising(Math.floor)),
  ceil: unary("ceil", all, rising(Math.ceil)),
  round: unary("round", all, rising(Math.round)),
  logicalNot: (b) => {
    b.emit("logicalNot", [bool(b)], {}, [0, 1]);
  },
  cast: (b) => {
    const x = b.value(
      () => true,
      () => b.fresh(b.shape()),
    );
    const dtype = b.one(
      b.dtype === "float64"
        ? (["float64", "int32", "bool"] as const)
        : (["float32", "int32", "bool", "float64"] as const),
    );
    const bounded = dtype === "int32" && x.dtype.startsWith("float") ? b.within(x, -1000, 1000) : x;
    b.emit(
      "cast",
      [bounded],
      { dtype },
      dtype === "bool" ? [0, 1] : [Math.min(0, bounded.low), Math.max(0, bounded.high)],
    );
  },
};
