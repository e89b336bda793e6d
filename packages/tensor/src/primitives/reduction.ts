import { allocate, type DType, dtypes, fromTotals, type TypedArray } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { formatShape, keepDimsShape, sizeOf } from "../shape.ts";
import type { Block } from "../storage.ts";
import { reductionRuns } from "./reduction-runs.ts";
import { LineSorter } from "./sort-line.ts";
import type { ArgsortAttrs, AxesAttrs, AxisAttrs, CumsumAttrs, Primitive } from "./primitive.ts";

interface Fold {
  readonly start: number;
  /** Folds `n` neighbours from `x[i]` into one value. */
  readonly inward: (accumulated: number, x: TypedArray, i: number, n: number) => number;
  /** Folds `n` neighbours from `x[i]` into as many neighbours of `out`. */
  readonly across: (out: Float64Array, o: number, x: TypedArray, i: number, n: number) => void;
  /** Folds one element of int32 modulo 2^32, where float64 would not be exact. */
  readonly int32?: (accumulated: number, element: number) => number;
}

/**
 * A reduction that keeps its axes with extent 1 and accumulates in float64, or int32 modulo 2^32. Totals are made of
 * numbers, extremes found among bools too.
 */
function reduction(name: string, fold: Fold, kind: "total" | "extreme"): Primitive<AxesAttrs> {
  const needsElements = kind === "extreme";
  return {
    infer: (inputs, { axes }) => {
      const { shape, dtype } = inputs[0]!;
      if (kind === "total") checkNumbers(name, dtype);
      const kept = keepDimsShape(shape, axes);
      if (needsElements && sizeOf(shape) === 0 && sizeOf(kept) > 0) {
        throw new ShapeError(`${name}: expected at least one element to reduce, got shape ${formatShape(shape)}.`);
      }
      return [{ shape: kept, dtype }];
    },
    evaluate: (inputs, { axes }, outputs) => {
      const x = inputs[0]!;
      const { shape, dtype } = outputs[0]!;
      if (dtypes[dtype].kind === "int" && fold.int32 !== undefined)
        return [reduceInt32(x, axes, sizeOf(shape), fold.start, fold.int32)];
      const totals = new Float64Array(sizeOf(shape)).fill(fold.start);
      reductionRuns(x.shape, axes, (at, to, n, inward) => {
        if (inward) totals[to] = fold.inward(totals[to]!, x.data, at, n);
        else fold.across(totals, to, x.data, at, n);
      });
      return [fromTotals(dtype, totals)];
    },
  };
}

/** Bools are converted before they are added up: their sum is a number. */
function checkNumbers(name: string, dtype: DType): void {
  if (dtype === "bool") throw new DTypeError(`${name}: expected numbers, got bool.`);
}

function reduceInt32(
  { data, shape }: Block,
  axes: readonly number[],
  size: number,
  start: number,
  fold: (accumulated: number, element: number) => number,
): Int32Array {
  const totals = new Int32Array(size).fill(start);
  reductionRuns(shape, axes, (at, to, n, inward) => {
    for (let k = 0; k < n; k++) {
      const o = inward ? to : to + k;
      totals[o] = fold(totals[o]!, data[at + k]!);
    }
  });
  return totals;
}

export const sum: Primitive<AxesAttrs> = reduction(
  "sum",
  {
    start: 0,
    inward: (total, x, i, n) => {
      for (const end = i + n; i < end; i++) total += x[i]!;
      return total;
    },
    across: (out, o, x, i, n) => {
      for (const end = i + n; i < end; i++, o++) out[o] = out[o]! + x[i]!;
    },
    int32: (total, element) => total + element,
  },
  "total",
);

export const prod: Primitive<AxesAttrs> = reduction(
  "prod",
  {
    start: 1,
    inward: (total, x, i, n) => {
      for (const end = i + n; i < end; i++) total *= x[i]!;
      return total;
    },
    across: (out, o, x, i, n) => {
      for (const end = i + n; i < end; i++, o++) out[o] = out[o]! * x[i]!;
    },
    int32: Math.imul,
  },
  "total",
);

export const max: Primitive<AxesAttrs> = reduction(
  "max",
  {
    start: -Infinity,
    inward: (best, x, i, n) => {
      for (const end = i + n; i < end; i++) best = Math.max(best, x[i]!);
      return best;
    },
    across: (out, o, x, i, n) => {
      for (const end = i + n; i < end; i++, o++) out[o] = Math.max(out[o]!, x[i]!);
    },
  },
  "extreme",
);

export const min: Primitive<AxesAttrs> = reduction(
  "min",
  {
    start: Infinity,
    inward: (best, x, i, n) => {
      for (const end = i + n; i < end; i++) best = Math.min(best, x[i]!);
      return best;
    },
    across: (out, o, x, i, n) => {
      for (const end = i + n; i < end; i++, o++) out[o] = Math.min(out[o]!, x[i]!);
    },
  },
  "extreme",
);

/** Calls `visit(base, stride, n, line)` for every line along `axis`. */
function forEachLine(
  shape: readonly number[],
  axis: number,
  visit: (base: number, stride: number, n: number, line: number) => void,
): void {
  const n = shape[axis]!;
  const stride = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  for (let i = 0; i < outer; i++) {
    for (let j = 0; j < stride; j++) visit(i * n * stride + j, stride, n, i * stride + j);
  }
}

function argument(name: string, better: (x: number, best: number) => boolean): Primitive<AxisAttrs> {
  return {
    infer: (inputs, { axis }) => {
      const { shape } = inputs[0]!;
      const kept = keepDimsShape(shape, [axis]);
      if (shape[axis] === 0) {
        throw new ShapeError(
          `${name}: expected at least one element along axis ${axis}, got shape ${formatShape(shape)}.`,
        );
      }
      return [{ shape: kept, dtype: "int32" }];
    },
    evaluate: (inputs, { axis }, outputs) => {
      const { data, shape } = inputs[0]!;
      const out = new Int32Array(sizeOf(outputs[0]!.shape));
      forEachLine(shape, axis, (base, stride, n, line) => {
        let best = 0;
        let value = data[base]!;
        // NaN counts as the extreme, as in NumPy: the first one ends the search.
        for (let k = 1; k < n && !Number.isNaN(value); k++) {
          const x = data[base + k * stride]!;
          if (better(x, value) || Number.isNaN(x)) [best, value] = [k, x];
        }
        out[line] = best;
      });
      return [out];
    },
  };
}

export const argmax: Primitive<AxisAttrs> = argument("argmax", (x, best) => x > best);
export const argmin: Primitive<AxisAttrs> = argument("argmin", (x, best) => x < best);

export const cumsum: Primitive<CumsumAttrs> = {
  infer: (inputs) => {
    const { shape, dtype } = inputs[0]!;
    checkNumbers("cumsum", dtype);
    return [{ shape, dtype }];
  },
  evaluate: (inputs, { axis, reverse }) => {
    const { data, shape, dtype } = inputs[0]!;
    const wraps = dtypes[dtype].kind === "int";
    const out = allocate(dtype, data.length);
    forEachLine(shape, axis, (base, stride, n) => {
      let total = 0;
      for (let k = 0; k < n; k++) {
        const at = base + (reverse ? n - 1 - k : k) * stride;
        total = wraps ? (total + data[at]!) | 0 : total + data[at]!;
        out[at] = total;
      }
    });
    return [out];
  },
};

export const argsort: Primitive<ArgsortAttrs> = {
  infer: (inputs) => [{ shape: inputs[0]!.shape, dtype: "int32" }],
  evaluate: (inputs, { axis, descending }) => {
    const { data, shape } = inputs[0]!;
    const out = new Int32Array(data.length);
    const sorter = new LineSorter(shape[axis]!);
    forEachLine(shape, axis, (base, stride, n) => {
      const order = sorter.sort(data, base, stride, descending);
      for (let k = 0; k < n; k++) out[base + k * stride] = order[k]!;
    });
    return [out];
  },
};
