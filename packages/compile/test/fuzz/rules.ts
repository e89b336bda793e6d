import { broadcastShapes, type PrimitiveName, sizeOf } from "@tapegrad/tensor";
import type { Known, ProgramBuilder } from "./builder.ts";

/** Adds a step to a program. */
export type Rule = (b: ProgramBuilder) => void;

type Range = readonly [number, number];
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
const most = (x: Known): number => Math.max(Math.abs(x.low), Math.abs(x.high));

/** Functions of one element. */
export const unaryRules: Readonly<Record<string, Rule>> = {
  neg: (b) => {
    const x = b.value(({ dtype }) => dtype !== "bool", () => b.fresh(b.shape()));
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
    const x = b.value(() => true, () => b.fresh(b.shape()));
    const dtype = b.one(b.dtype === "float64" ? (["float64", "int32", "bool"] as const) : (["float32", "int32", "bool", "float64"] as const));
    const bounded = dtype === "int32" && x.dtype.startsWith("float") ? b.within(x, -1000, 1000) : x;
    b.emit("cast", [bounded], { dtype }, dtype === "bool" ? [0, 1] : [Math.min(0, bounded.low), Math.max(0, bounded.high)]);
  },
};

function bool(b: ProgramBuilder): Known {
  return b.value(({ dtype }) => dtype === "bool", () => b.fresh(b.shape(), "bool"));
}

/** A value that broadcasts against another: an earlier one, or a new one with some axes of extent 1 or missing. */
function partner(b: ProgramBuilder, x: Known, low: number, high: number): Known {
  const found = b.value(
    (value) => value !== x && value.dtype === x.dtype && broadcasts(value, x),
    () => b.fresh(narrowed(b, x.shape), x.dtype),
  );
  const chosen = b.pick(4) === 3 ? b.fresh(narrowed(b, x.shape), x.dtype) : found;
  return x.dtype === "int32" || x.dtype === "bool" ? chosen : b.within(chosen, low, high);
}

function narrowed(b: ProgramBuilder, shape: readonly number[]): number[] {
  const kept = b.pick(4) === 3 ? shape.slice(b.pick(shape.length + 1)) : shape;
  return kept.map((extent) => (b.pick(3) === 2 ? 1 : extent));
}

function broadcasts(x: Known, y: Known): boolean {
  try {
    return sizeOf(broadcastShapes("fuzz", x.shape, y.shape)) <= 2000;
  } catch {
    return false;
  }
}

function pair(b: ProgramBuilder, low: number, high: number, low2 = low, high2 = high): [Known, Known] {
  const x = b.float(low, high);
  const y = partner(b, x, low2, high2);
  return b.pick(3) === 2 && low === low2 && high === high2 ? [y, x] : [x, y];
}

const arithmetic =
  (name: PrimitiveName, range: (x: Known, y: Known) => Range, domains: readonly [number, number, number?, number?] = [-30, 30]): Rule =>
  (b) => {
    const [x, y] = pair(b, ...domains);
    b.emit(name, [x, y], {}, range(x, y));
  };
const comparison =
  (name: PrimitiveName): Rule =>
  (b) => {
    const x = b.value(({ dtype }) => dtype !== "bool", () => b.fresh(b.shape()));
    const y = b.pick(3) === 2 ? b.fresh(narrowed(b, x.shape), x.dtype) : b.value((value) => value.dtype === x.dtype && broadcasts(value, x), () => x);
    b.emit(name, [x, y], {}, [0, 1]);
  };
const logical =
  (name: PrimitiveName): Rule =>
  (b) => {
    const x = bool(b);
    b.emit(name, [x, partner(b, x, 0, 1)], {}, [0, 1]);
  };
const ints =
  (name: PrimitiveName): Rule =>
  (b) => {
    const x = b.value(({ dtype, low, high }) => dtype === "int32" && low > -1000 && high < 1000, () => b.fresh(b.shape(), "int32"));
    const y = b.value((v) => v.dtype === "int32" && v.low > -1000 && v.high < 1000 && broadcasts(v, x), () => x);
    const bound = most(x) * most(y) + most(x) + most(y);
    b.emit(name, [x, y], {}, [-bound, bound]);
  };

const joint = (x: Known, y: Known): Range => [Math.min(x.low, y.low), Math.max(x.high, y.high)];

/** Functions of two elements, and choice. */
export const binaryRules: Readonly<Record<string, Rule>> = {
  add: arithmetic("add", (x, y) => [x.low + y.low, x.high + y.high]),
  sub: arithmetic("sub", (x, y) => [x.low - y.high, x.high - y.low]),
  mul: arithmetic("mul", (x, y) => [-most(x) * most(y), most(x) * most(y)], [-15, 15]),
  div: arithmetic("div", (x, y) => [-most(x) / y.low, most(x) / y.low], [-30, 30, 0.4, 50]),
  pow: arithmetic("pow", () => [0, 40], [0.4, 2.5, -3, 3]),
  powers: (b) => {
    const x = b.float(0.3, 2.5);
    b.emit("pow", [x, b.constant(b.one([2, 1, 0.5, 3, -1, 0]), x.dtype)], {}, [0, 16]);
  },
  neutral: (b) => {
    const x = b.float();
    const name = b.one(["mul", "div", "sub", "add"] as const);
    b.emit(name, [x, b.constant(name === "mul" || name === "div" ? 1 : 0, x.dtype)], {}, [x.low, x.high]);
  },
  maximum: arithmetic("maximum", joint),
  minimum: arithmetic("minimum", joint),
  remainder: arithmetic("remainder", (_, y) => [0, y.high], [-10, 10, 0.5, 4]),
  eq: comparison("eq"),
  ne: comparison("ne"),
  lt: comparison("lt"),
  le: comparison("le"),
  gt: comparison("gt"),
  ge: comparison("ge"),
  logicalAnd: logical("logicalAnd"),
  logicalOr: logical("logicalOr"),
  intAdd: ints("add"),
  intSub: ints("sub"),
  intMul: ints("mul"),
  intMaximum: ints("maximum"),
  intMinimum: ints("minimum"),
  where: (b) => {
    const x = b.value(({ dtype }) => dtype !== "bool", () => b.fresh(b.shape()));
    const y = partner(b, x, -1e6, 1e6);
    const condition = b.value((v) => v.dtype === "bool" && broadcasts(v, x) && broadcasts(v, y), () => b.fresh(narrowed(b, x.shape), "bool"));
    b.emit("where", [condition, x, y], {}, joint(x, y));
  },
};

/** Some axes of a shape, at least one unless `none` is allowed. */
function axesOf(b: ProgramBuilder, { shape }: Known): number[] {
  const chosen = shape.flatMap((_, axis) => (b.pick(2) === 1 ? [axis] : []));
  if (chosen.length > 0 || shape.length === 0) return chosen;
  return b.pick(8) === 7 ? [] : [b.pick(shape.length)];
}

const countOf = (x: Known, axes: readonly number[]): number => axes.reduce((n, axis) => n * (x.shape[axis] as number), 1);
const notEmpty = (x: Known): boolean => sizeOf(x.shape) > 0;

const extreme =
  (name: "max" | "min"): Rule =>
  (b) => {
    const x = b.value((v) => v.dtype !== "bool" && notEmpty(v), () => b.fresh([3, 2]));
    b.emit(name, [x], { axes: axesOf(b, x) }, [x.low, x.high]);
  };
const positionOf =
  (name: "argmax" | "argmin"): Rule =>
  (b) => {
    const x = b.value((v) => v.dtype !== "bool" && v.shape.length > 0 && notEmpty(v), () => b.fresh([4, 3]));
    const axis = b.pick(x.shape.length);
    b.emit(name, [x], { axis }, [0, (x.shape[axis] as number) - 1]);
  };

/** Reductions and everything else along axes. */
export const reductionRules: Readonly<Record<string, Rule>> = {
  sum: (b) => {
    const x = b.float();
    const axes = axesOf(b, x);
    const n = countOf(x, axes);
    b.emit("sum", [x], { axes }, [Math.min(x.low * n, x.low, 0), Math.max(x.high * n, 0)]);
  },
  intSum: (b) => {
    const x = b.value(({ dtype, low, high }) => dtype === "int32" && low > -10000 && high < 10000, () => b.fresh(b.shape(), "int32"));
    const axes = axesOf(b, x);
    const n = countOf(x, axes);
    b.emit("sum", [x], { axes }, [Math.min(x.low * n, 0), Math.max(x.high * n, 0)]);
  },
  boolSum: (b) => {
    const x = bool(b);
    b.emit("sum", [x], { axes: axesOf(b, x) }, [0, 1]);
  },
  mean: (b) => {
    const x = b.float(-30, 30, notEmpty);
    if (!notEmpty(x)) return;
    const axes = axesOf(b, x);
    const n = countOf(x, axes);
    const total = b.emit("sum", [x], { axes }, [Math.min(x.low * n, 0), Math.max(x.high * n, 0)]);
    b.emit("div", [total, b.constant(n, x.dtype)], {}, [Math.min(x.low, 0), Math.max(x.high, 0)]);
  },
  centre: (b) => {
    const x = b.float(-30, 30, notEmpty);
    if (!notEmpty(x)) return;
    const peak = b.emit("max", [x], { axes: axesOf(b, x) }, [x.low, x.high]);
    b.emit("sub", [x, peak], {}, [x.low - x.high, x.high - x.low]);
  },
  prod: (b) => {
    const x = b.float(0.6, 1.5);
    const axes = axesOf(b, x);
    if (countOf(x, axes) <= 20) b.emit("prod", [x], { axes }, [0, Math.max(1.5, x.high ** countOf(x, axes))]);
  },
  max: extreme("max"),
  min: extreme("min"),
  argmax: positionOf("argmax"),
  argmin: positionOf("argmin"),
  cumsum: (b) => {
    const x = b.value((v) => v.dtype !== "bool" && v.shape.length > 0 && most(v) < 1e4, () => b.fresh([3, 4]));
    const axis = b.pick(x.shape.length);
    const bound = most(x) * Math.max(1, x.shape[axis] as number);
    b.emit("cumsum", [x], { axis, reverse: b.pick(2) === 1 }, [-bound, bound]);
  },
  argsort: (b) => {
    const x = b.value((v) => v.dtype !== "bool" && v.shape.length > 0, () => b.fresh([3, 4]));
    const axis = b.pick(x.shape.length);
    b.emit("argsort", [x], { axis, descending: b.pick(2) === 1 }, [0, Math.max(0, (x.shape[axis] as number) - 1)]);
  },
  standardize: (b) => {
    const x = b.float(-30, 30, ({ shape }) => shape.length > 0);
    if (x.shape.length === 0) return;
    const eps = b.one([0.1, 1e-3, 1e-5]);
    const bound = Math.sqrt(Math.max(1, sizeOf(x.shape)));
    b.emitAll("standardize", [x], { axes: axesOf(b, x), eps, center: b.pick(3) !== 2 }, [[-bound, bound], [0, 1 / Math.sqrt(eps)]]);
  },
  standardizeGrad: (b) => {
    const x = b.float(-30, 30, ({ shape }) => shape.length > 0);
    if (x.shape.length === 0) return;
    const g = b.ofShape(x.shape, x.dtype, -30, 30);
    const eps = b.one([0.1, 1e-3]);
    const bound = (most(g) * (2 + Math.sqrt(Math.max(1, sizeOf(x.shape))))) / Math.sqrt(eps);
    b.emit("standardizeGrad", [g, x], { axes: axesOf(b, x), eps, center: b.pick(3) !== 2 }, [-bound, bound]);
  },
};
