import { allocate, dtypes, fromTotals } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { formatShape, sameShape, type Shape, stridesOf } from "../shape.ts";
import type { Block, Spec } from "../storage.ts";
import type { AxisAttrs, Primitive } from "./primitive.ts";
import { forEachRow } from "./strided-copy.ts";

/** Throws unless an index has the dtype and the shape to be one along an axis of `x`. */
export function checkIndex(fn: string, x: Spec, index: Spec, axis: number): void {
  if (index.dtype !== "int32") throw new DTypeError(`${fn}: expected an int32 index, got ${index.dtype}.`);
  const fits =
    index.shape.length === x.shape.length && index.shape.every((extent, a) => a === axis || extent <= x.shape[a]!);
  if (!fits) {
    throw new ShapeError(
      `${fn}: expected an index within shape ${formatShape(x.shape)} apart from axis ${axis}, got ${formatShape(index.shape)}.`,
    );
  }
}

/** Calls `visit(position in x, position in index)` for every element of the index, which is known to lie within `x`. */
export function forEachIndexed(shape: Shape, index: Block, axis: number, visit: (at: number, i: number) => void): void {
  const strides = stridesOf(shape);
  const along = strides[axis]!;
  const others = strides.map((stride, a) => (a === axis ? 0 : stride));
  const n = index.shape.at(-1)!;
  const step = others.at(-1)!;
  forEachRow(index.shape, 0, others, (start, row) => {
    for (let j = 0, i = row * n, base = start; j < n; j++, i++, base += step) {
      visit(base + index.data[i]! * along, i);
    }
  });
}

/** `out[i][j] = x[index[i][j]][j]` for axis 0, and alike for others; the index must lie within `x`. */
export const gather: Primitive<AxisAttrs> = {
  infer: (inputs, { axis }) => {
    const [x, index] = inputs as [Spec, Spec];
    checkIndex("gather", x, index, axis);
    return [{ shape: index.shape, dtype: x.dtype }];
  },
  evaluate: (inputs, { axis }) => {
    const [x, index] = inputs as [Block, Block];
    const out = allocate(x.dtype, index.data.length);
    forEachIndexed(x.shape, index, axis, (at, i) => (out[i] = x.data[at]!));
    return [out];
  },
};

/** `x` with `src[i][j]` added at `[index[i][j]][j]` for axis 0, and alike for others; the index must lie within `x`. */
export const scatterAdd: Primitive<AxisAttrs> = {
  infer: (inputs, { axis }) => {
    const [x, index, src] = inputs as [Spec, Spec, Spec];
    checkIndex("scatterAdd", x, index, axis);
    if (!sameShape(index.shape, src.shape)) {
      throw new ShapeError(
        `scatterAdd: expected index and source of one shape, got ${formatShape(index.shape)} and ${formatShape(src.shape)}.`,
      );
    }
    if (x.dtype === "bool") throw new DTypeError("scatterAdd: expected numbers, got bool.");
    if (x.dtype !== src.dtype) {
      throw new DTypeError(`scatterAdd: expected a ${x.dtype} source, got ${src.dtype}.`);
    }
    return [{ shape: x.shape, dtype: x.dtype }];
  },
  evaluate: (inputs, { axis }) => {
    const [x, index, src] = inputs as [Block, Block, Block];
    // Each sum of int32 wraps where it is stored.
    const totals = new dtypes[x.dtype].totals(x.data);
    forEachIndexed(x.shape, index, axis, (at, i) => {
      totals[at] = totals[at]! + src.data[i]!;
    });
    return [fromTotals(x.dtype, totals)];
  },
};
