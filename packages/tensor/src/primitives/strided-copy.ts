import { allocateEmpty } from "../array-pool.ts";
import { dtypeOf, type TypedArray } from "../dtype.ts";
import { type Shape, sizeOf } from "../shape.ts";
import type { View } from "./views.ts";

/** Calls `visit` with the strided position of each innermost row of `shape`, in row-major order. */
export function forEachRow(
  shape: Shape,
  offset: number,
  strides: readonly number[],
  visit: (strided: number, row: number) => void,
): void {
  const outer = shape.length - 1;
  if (sizeOf(shape) === 0) return;
  const index = new Array<number>(Math.max(outer, 0)).fill(0);
  let at = offset;
  for (let row = 0; ; row++) {
    visit(at, row);
    let axis = outer - 1;
    for (; axis >= 0; axis--) {
      const next = index[axis]! + 1;
      const wraps = next === shape[axis];
      index[axis] = wraps ? 0 : next;
      at += strides[axis]! * (wraps ? 1 - next : 1);
      if (!wraps) break;
    }
    if (axis < 0) return;
  }
}

/** The elements at `offset + Σ index·stride` for every index of `shape`, packed row-major. */
export function gatherStrided(data: TypedArray, { offset, strides }: View, shape: Shape): TypedArray {
  const out = allocateEmpty(dtypeOf(data), sizeOf(shape));
  const n = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  forEachRow(shape, offset, strides, (from, row) => {
    let o = row * n;
    for (const end = o + n; o < end; o++, from += step) out[o] = data[from]!;
  });
  return out;
}

/** Writes the packed elements of `shape` to `offset + Σ index·stride` of `out`. */
export function scatterStrided(data: TypedArray, shape: Shape, out: TypedArray, { offset, strides }: View): void {
  const n = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  forEachRow(shape, offset, strides, (to, row) => {
    let i = row * n;
    for (const end = i + n; i < end; i++, to += step) out[to] = data[i]!;
  });
}
