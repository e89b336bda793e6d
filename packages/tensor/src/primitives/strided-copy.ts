import { packStrided, spreadStrided } from "@tapegrad/simd";
import { allocate, dtypeOf, type TypedArray } from "../dtype.ts";
import { type Shape, sizeOf } from "../shape.ts";

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

/** What kernels copy: elements of four bytes. */
function isWords(array: TypedArray): array is Float32Array | Int32Array {
  return array instanceof Float32Array || array instanceof Int32Array;
}

/** The elements at `offset + Σ index·stride` for every index of `shape`, packed row-major. */
export function gatherStrided(data: TypedArray, offset: number, strides: readonly number[], shape: Shape): TypedArray {
  const out = allocate(dtypeOf(data), sizeOf(shape));
  if (isWords(data) && packStrided(data, { extents: shape, offset, strides }, out as typeof data)) return out;
  const n = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  forEachRow(shape, offset, strides, (from, row) => {
    let o = row * n;
    for (const end = o + n; o < end; o++, from += step) out[o] = data[from]!;
  });
  return out;
}

/** `value` everywhere in `out`, which is all 0, but the packed elements of `shape` at `offset + Σ index·stride`. */
export function scatterStrided(
  data: TypedArray,
  shape: Shape,
  out: TypedArray,
  offset: number,
  strides: readonly number[],
  value: number,
): void {
  if (isWords(data) && spreadStrided(data, { extents: shape, offset, strides }, out as typeof data, value)) return;
  if (!Object.is(value, 0)) out.fill(value);
  const n = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  forEachRow(shape, offset, strides, (to, row) => {
    let i = row * n;
    for (const end = i + n; i < end; i++, to += step) out[to] = data[i]!;
  });
}
