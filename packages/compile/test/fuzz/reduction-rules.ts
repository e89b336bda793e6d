import { keepDimsShape, sizeOf } from "@tapegrad/tensor/internal";
import type { Known, ProgramBuilder } from "./builder.ts";
import { bool, counted, most, type Rule } from "./rule.ts";

/** Some axes of a shape, at least one unless `none` is allowed. */
function axesOf(b: ProgramBuilder, { shape }: Known): number[] {
  const chosen = shape.flatMap((_, axis) => (b.pick(2) === 1 ? [axis] : []));
  if (chosen.length > 0 || shape.length === 0) return chosen;
  return b.pick(8) === 7 ? [] : [b.pick(shape.length)];
}

const countOf = (x: Known, axes: readonly number[]): number => axes.reduce((n, axis) => n * x.shape[axis]!, 1);
const notEmpty = (x: Known): boolean => sizeOf(x.shape) > 0;

const extreme =
  (name: "max" | "min"): Rule =>
  (b) => {
    const x = b.value(notEmpty, () => b.fresh([3, 2]));
    b.emit(name, [x], { axes: axesOf(b, x) }, [x.low, x.high]);
  };
const positionOf =
  (name: "argmax" | "argmin"): Rule =>
  (b) => {
    const x = b.value(
      (v) => v.shape.length > 0 && notEmpty(v),
      () => b.fresh([4, 3]),
    );
    const axis = b.pick(x.shape.length);
    b.emit(name, [x], { axis }, [0, x.shape[axis]! - 1]);
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
    const x = b.value(
      ({ dtype, low, high }) => dtype === "int32" && low > -10000 && high < 10000,
      () => b.fresh(b.shape(), "int32"),
    );
    const axes = axesOf(b, x);
    const n = countOf(x, axes);
    b.emit("sum", [x], { axes }, [Math.min(x.low * n, 0), Math.max(x.high * n, 0)]);
  },
  boolTotal: (b) => {
    const x = counted(b, bool(b), "int32");
    const axes = axesOf(b, x);
    const name = b.one(["sum", "prod"] as const);
    b.emit(name, [x], { axes }, name === "sum" ? [0, countOf(x, axes)] : [0, 1]);
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
  multiples: (b) => {
    const x = b.float(-30, 30, notEmpty);
    if (!notEmpty(x)) return;
    const axes = axesOf(b, x);
    const weight = b.ofShape(keepDimsShape(x.shape, axes), x.dtype, -3, 3);
    const bound = most(x) * most(weight);
    const terms = [x, b.emit("mul", [x, weight], {}, [-bound, bound])];
    for (const term of b.pick(2) === 0 ? terms : terms.toReversed()) {
      const most = Math.max(-term.low, term.high) * countOf(x, axes);
      b.emit("sum", [term], { axes }, [-most, most]);
    }
  },
  rounded: (b) => {
    const x = b.float(-30, 30, notEmpty);
    if (!notEmpty(x) || x.dtype !== "float32") return;
    const axes = axesOf(b, x);
    const wide = b.emit("cast", [x], { dtype: "float64" }, [x.low, x.high]);
    const n = countOf(x, axes);
    const total = b.emit("sum", [wide], { axes }, [-most(x) * n, most(x) * n]);
    const mean = b.emit("div", [total, b.constant(n, "float64")], {}, [-most(x), most(x)]);
    const terms = b.pick(2) === 0 ? [wide, mean] : [mean, wide];
    const sum = b.emit(b.one(["sub", "add"] as const), terms, {}, [-2 * most(x), 2 * most(x)]);
    const divisor = b.emit("add", [b.emit("square", [mean], {}, [0, most(x) ** 2]), b.constant(1, "float64")], {}, [
      1,
      most(x) ** 2 + 1,
    ]);
    const quotient = b.pick(2) === 0 ? sum : b.emit("div", [sum, divisor], {}, [sum.low, sum.high]);
    b.emit("cast", [quotient], { dtype: "float32" }, [sum.low, sum.high]);
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
    const found = b.value(
      (v) => v.shape.length > 0 && most(v) < 1e4,
      () => b.fresh([3, 4]),
    );
    const x = found.dtype === "bool" ? counted(b, found, "int32") : found;
    const axis = b.pick(x.shape.length);
    const bound = most(x) * Math.max(1, x.shape[axis]!);
    b.emit("cumsum", [x], { axis, reverse: b.pick(2) === 1 }, [-bound, bound]);
  },
  argsort: (b) => {
    const x = b.value(
      (v) => v.shape.length > 0,
      () => b.fresh([3, 4]),
    );
    const axis = b.pick(x.shape.length);
    b.emit("argsort", [x], { axis, descending: b.pick(2) === 1 }, [0, Math.max(0, x.shape[axis]! - 1)]);
  },
  softmax: (b) => shares(b, "softmax"),
  logSoftmax: (b) => shares(b, "logSoftmax"),
  standardize: (b) => {
    const x = b.float(-30, 30, ({ shape }) => shape.length > 0);
    if (x.shape.length === 0) return;
    const eps = b.one([0.1, 1e-3, 1e-5]);
    const bound = Math.sqrt(Math.max(1, sizeOf(x.shape)));
    b.emitAll("standardize", [x], { ...groupsOf(b, x), eps }, [
      [-bound, bound],
      [0, 1 / Math.sqrt(eps)],
    ]);
  },
  standardizeGrad: (b) => {
    const x = b.float(-30, 30, ({ shape }) => shape.length > 0);
    if (x.shape.length === 0) return;
    const found = b.ofShape(x.shape, x.dtype, -30, 30);
    // Of a cotangent that is x itself rounding is what is left.
    const g = found.name === x.name ? b.fresh(x.shape, x.dtype) : found;
    const eps = b.one([0.1, 1e-3]);
    const bound = (most(g) * (2 + Math.sqrt(Math.max(1, sizeOf(x.shape))))) / Math.sqrt(eps);
    b.emit("standardizeGrad", [g, x], { ...groupsOf(b, x), eps }, [-bound, bound]);
  },
};

/** A softmax, or its logarithm. */
function shares(b: ProgramBuilder, name: "softmax" | "logSoftmax"): void {
  const x = b.float(-30, 30);
  const axes = axesOf(b, x);
  const attrs = { axes, masked: b.pick(2) === 1 };
  const spread = x.high - x.low + Math.log(Math.max(1, countOf(x, axes)));
  b.emit(name, [x], attrs, name === "softmax" ? [0, 1] : [-spread, 0]);
}

/**
 * Groups to standardize. Those of one element are centred: the cotangent of one that is not is always parallel to it, so
 * that rounding is all that is left of the gradient, in either way to run.
 */
function groupsOf(
  b: Parameters<typeof axesOf>[0],
  x: Parameters<typeof axesOf>[1],
): { axes: readonly number[]; center: boolean } {
  const axes = axesOf(b, x);
  const center = b.pick(3) !== 2;
  return { axes, center: center || sizeOf(axes.map((axis) => x.shape[axis]!)) === 1 };
}
