import { axisWords } from "./nest.ts";

/** A walk through two arrays: extents, and for each array a stride for each axis, in elements. */
export interface Axes {
  readonly extents: number[];
  readonly a: number[];
  readonly b: number[];
}

/** Drops axes of extent 1 and joins neighbours that both arrays walk through as one; there are at least two axes. */
export function joinAxes(extents: readonly number[], a: readonly number[], b: readonly number[]): Axes {
  const joined: Axes = { extents: [], a: [], b: [] };
  for (let axis = 0; axis < extents.length; axis++) {
    const extent = extents[axis]!;
    if (extent === 1) continue;
    const last = joined.extents.length - 1;
    const joins = last >= 0 && joined.a[last] === a[axis]! * extent && joined.b[last] === b[axis]! * extent;
    const at = joins ? last : last + 1;
    joined.extents[at] = joins ? joined.extents[at]! * extent : extent;
    joined.a[at] = a[axis]!;
    joined.b[at] = b[axis]!;
  }
  while (joined.extents.length < 2) {
    joined.extents.unshift(1);
    joined.a.unshift(0);
    joined.b.unshift(0);
  }
  return joined;
}

/** Makes the axis along which the first array has neighbours the one before the last, unless that is the last. */
export function nearestInside({ extents, a, b }: Axes): void {
  const last = extents.length - 1;
  const nearest = a.findIndex((stride, axis) => stride === 1 && extents[axis]! >= 4);
  if (nearest < 0 || nearest >= last - 1 || a[last] === 1 || extents[last]! < 4) return;
  for (const list of [extents, a, b]) list.splice(last - 1, 0, list.splice(nearest, 1)[0]!);
}

/** The elements that a walk touches in an array: the lowest relative to where it begins, and how many lie from there to the highest. */
export function spanOf(extents: readonly number[], strides: readonly number[]): { least: number; length: number } {
  let [least, most] = [0, 0];
  for (let axis = 0; axis < extents.length; axis++) {
    const reach = (extents[axis]! - 1) * strides[axis]!;
    if (reach < 0) least += reach;
    else most += reach;
  }
  return { least, length: most - least + 1 };
}

/** Elements from one place to the next of a packed array. */
export function packedStrides(extents: readonly number[]): number[] {
  const strides = new Array<number>(extents.length);
  let stride = 1;
  for (let axis = extents.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= extents[axis]!;
  }
  return strides;
}

/** Writes the axes of a walk where the kernels read them; `sizeA` and `sizeB` are bytes of an element. */
export function writeAxes(
  words: Int32Array,
  address: number,
  { extents, a, b }: Axes,
  sizeA: number,
  sizeB: number,
): void {
  let at = address / 4;
  for (let axis = 0; axis < extents.length; axis++, at += axisWords) {
    words[at] = extents[axis]!;
    words[at + 1] = 0;
    words[at + 2] = a[axis]! * sizeA;
    words[at + 3] = b[axis]! * sizeB;
  }
}
