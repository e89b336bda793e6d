import { sizeOf } from "@tapegrad/tensor/internal";
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
    const g = b.ofShape(x.shape, x.dtype, -30, 30);
    const eps = b.one([0.1, 1e-3]);
    const bound = (most(g) * (2 + Math.sqrt(Math.max(1, sizeOf(x.shape))))) / Math.sqrt(eps);
    b.emit("standardizeGrad", [g, x], { ...groupsOf(b, x), eps }, [-bound, bound]);
  },
};

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
