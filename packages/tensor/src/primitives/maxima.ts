import { allocate, dtypes, fromTotals, type TypedArray } from "../dtype.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { formatShape, sameShape, type Shape, sizeOf, stridesOf } from "../shape.ts";
import type { Block, Spec } from "../storage.ts";
import type { MaximaAttrs, Primitive } from "./primitive.ts";

/** A window along one axis: elements from the first to the last of it that lie within an extent, as their numbers in the window. */
function insideOf(extent: number, start: number, n: number, gap: number): readonly [first: number, last: number] {
  return [Math.max(0, Math.ceil(-start / gap)), Math.min(n - 1, Math.floor((extent - 1 - start) / gap))];
}

/** How many windows there are along each of the last axes; throws where one has no element. */
function countsOf(fn: string, shape: Shape, { size, stride, dilation, margins }: MaximaAttrs): number[] {
  if (![size, stride, dilation].flat().every((n) => Number.isInteger(n) && n >= 1)) {
    throw new ValueError(
      `${fn}: expected whole sizes, strides and dilations of at least 1, got ${[size, stride, dilation].map(formatShape).join(", ")}.`,
    );
  }
  if (size.length > shape.length) {
    throw new ShapeError(`${fn}: expected at least ${size.length} axes, got shape ${formatShape(shape)}.`);
  }
  return size.map((n, k) => {
    const [extent, by, gap, [low, high]] = [shape.at(k - size.length)!, stride[k]!, dilation[k]!, margins[k]!];
    const count = Math.floor((extent + low + high - (n - 1) * gap - 1) / by) + 1;
    for (let p = 0; p < count; p++) {
      const [first, last] = insideOf(extent, p * by - low, n, gap);
      if (first > last) {
        throw new ShapeError(
          `${fn}: expected an element of the input in every window, got none in window ${p} of axis ${shape.length + k - size.length} of shape ${formatShape(shape)}.`,
        );
      }
    }
    return Math.max(0, count);
  });
}

function windowsOf(fn: string, { shape, dtype }: Spec, attrs: MaximaAttrs): number[] {
  if (dtype === "bool") throw new DTypeError(`${fn}: expected numbers, got bool.`);
  return [...shape.slice(0, shape.length - attrs.size.length), ...countsOf(fn, shape, attrs)];
}

/** The elements of each window of an axis that lie within it: the place of the first, and of the one behind the last. */
function linesOf(extent: number, count: number, k: number, { size, stride, dilation, margins }: MaximaAttrs) {
  const gap = dilation[k] ?? 1;
  return Array.from({ length: count }, (_, p) => {
    const start = p * (stride[k] ?? 1) - (margins[k]?.[0] ?? 0);
    const [first, last] = insideOf(extent, start, size[k] ?? 1, gap);
    return [start + first * gap, start + (last + 1) * gap] as const;
  });
}

/** Where the lines of each window begin in a plane, all axes but the last: their places by window, one after the other. */
function rowsOf(extents: Shape, counts: Shape, attrs: MaximaAttrs): readonly Int32Array[] {
  const own = stridesOf(extents);
  return counts.slice(0, -1).reduce<readonly Int32Array[]>(
    (rows, count, k) => {
      const gap = attrs.dilation[k]!;
      const lines = linesOf(extents[k]!, count, k, attrs);
      return rows.flatMap((row) =>
        lines.map(([from, to]) => {
          const along = Array.from({ length: (to - from) / gap }, (_, i) => (from + i * gap) * own[k]!);
          return Int32Array.from([...row].flatMap((place) => along.map((step) => place + step)));
        }),
      );
    },
    [Int32Array.of(0)],
  );
}

/** The position in `x` of the first maximum of every window, or of the first NaN. */
function positionsOfMaxima({ data, shape }: Block, counts: Shape, attrs: MaximaAttrs): Int32Array {
  const extents = shape.slice(shape.length - counts.length);
  const plane = sizeOf(extents);
  const found = new Int32Array(data.length === 0 ? 0 : (data.length / plane) * sizeOf(counts));
  if (found.length === 0) return found;
  const rows = rowsOf(extents, counts, attrs);
  const last = Math.max(0, counts.length - 1);
  const gap = attrs.dilation[last] ?? 1;
  const lines = linesOf(extents[last] ?? 1, counts[last] ?? 1, last, attrs);
  const [starts, ends] = [lines.map(([from]) => from), lines.map(([, to]) => to)];
  for (let base = 0, i = 0; base < data.length; base += plane) {
    for (const row of rows) {
      for (let p = 0; p < starts.length; p++, i++) {
        const [from, to] = [starts[p]!, ends[p]!];
        let at = base + row[0]! + from;
        let most = data[at]!;
        for (let k = 0; k < row.length; k++) {
          const line = base + row[k]!;
          for (let place = line + from, end = line + to; place < end; place += gap) {
            const value = data[place]!;
            // What is NaN beats everything that is not.
            if (value <= most || Number.isNaN(most)) continue;
            most = value;
            at = place;
          }
        }
        found[i] = at;
      }
    }
  }
  return found;
}

/** The elements of `y` at some places. */
export function elementsAt({ data, dtype }: Block, places: Int32Array): TypedArray {
  const out = allocate(dtype, places.length);
  for (let i = 0; i < places.length; i++) out[i] = data[places[i]!]!;
  return out;
}

/** Zeros as many as `x` has elements, with those of `y` added at some places. */
export function addedAt(x: Block, places: Int32Array, { data, dtype }: Block): TypedArray {
  // Each sum of int32 wraps where it is stored.
  const totals = new dtypes[dtype].totals(x.data.length);
  for (let i = 0; i < places.length; i++) totals[places[i]!] = totals[places[i]!]! + data[i]!;
  return fromTotals(dtype, totals);
}

/** Of every window of `x` over its last axes, the element of `y` where the first maximum of `x` is. */
export const gatherMaxima: Primitive<MaximaAttrs> = {
  infer: (inputs, attrs) => {
    const [x, y] = inputs as [Spec, Spec];
    const shape = windowsOf("gatherMaxima", x, attrs);
    if (!sameShape(x.shape, y.shape)) {
      throw new ShapeError(
        `gatherMaxima: expected two tensors of one shape, got ${formatShape(x.shape)} and ${formatShape(y.shape)}.`,
      );
    }
    return [{ shape, dtype: y.dtype }];
  },
  evaluate: (inputs, attrs, outputs) => {
    const [x, y] = inputs as [Block, Block];
    const { shape } = outputs[0]!;
    return [elementsAt(y, positionsOfMaxima(x, shape.slice(shape.length - attrs.size.length), attrs))];
  },
};

/** The adjoint of {@link gatherMaxima} in `y`: each element of `y` is added where the first maximum of its window of `x` is. */
export const scatterMaxima: Primitive<MaximaAttrs> = {
  infer: (inputs, attrs) => {
    const [x, y] = inputs as [Spec, Spec];
    const expected = windowsOf("scatterMaxima", x, attrs);
    if (!sameShape(y.shape, expected)) {
      throw new ShapeError(`scatterMaxima: expected shape ${formatShape(expected)}, got ${formatShape(y.shape)}.`);
    }
    if (y.dtype === "bool") throw new DTypeError("scatterMaxima: expected numbers, got bool.");
    return [{ shape: x.shape, dtype: y.dtype }];
  },
  evaluate: (inputs, attrs) => {
    const [x, y] = inputs as [Block, Block];
    return [addedAt(x, positionsOfMaxima(x, y.shape.slice(y.shape.length - attrs.size.length), attrs), y)];
  },
};
