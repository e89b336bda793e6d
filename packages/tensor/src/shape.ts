import { ShapeError } from "./errors.ts";
import { isPlainObject } from "./options/is-plain-object.ts";
import { formatValue, quoted } from "./options/value-range.ts";

/** Extents of a tensor's axes, outermost first. */
export type Shape = readonly number[];

/** `[2, 3]`, as it stands in messages. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i]!;
  return size;
}

/** Throws unless `shape` is an array, and every extent is a whole number ≥ 0 and the element count is representable. */
export function checkShape(fn: string, shape: Shape): void {
  if (!Array.isArray(shape)) {
    const example = Number.isSafeInteger(shape) ? `[${String(shape)}]` : "[2, 3]";
    throw new ShapeError(`${fn}: expected a shape such as ${example}, got ${quoted(shape)}.`);
  }
  for (const extent of shape) {
    if (!Number.isSafeInteger(extent) || extent < 0) {
      throw new ShapeError(`${fn}: expected whole extents of at least 0, got shape ${formatValue(shape)}.`);
    }
  }
  if (!Number.isSafeInteger(sizeOf(shape))) {
    throw new ShapeError(`${fn}: expected at most 2^53 elements, got shape ${formatShape(shape)}.`);
  }
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** `start + Σ i[k]·steps[k]` for every index of a shape, in row-major order. */
export function latticeOf(shape: Shape, steps: readonly number[], start: number = 0): Int32Array {
  return Int32Array.from(
    shape.reduce<number[]>(
      (found, n, k) => found.flatMap((from) => Array.from({ length: n }, (_, i) => from + i * steps[k]!)),
      [start],
    ),
  );
}

/**
 * The shape that both operands broadcast to, aligned at the last axis as in NumPy.
 *
 * @throws {ShapeError} when two extents differ and neither is 1
 */
export function broadcastShapes(fn: string, a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const ndim = Math.max(a.length, b.length);
  const shape = new Array<number>(ndim);
  for (let i = 1; i <= ndim; i++) {
    const x = a[a.length - i] ?? 1;
    const y = b[b.length - i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new ShapeError(
        `${fn}: expected shapes that broadcast, got ${formatShape(a)} and ${formatShape(b)}, which disagree at axis ${-i}.`,
      );
    }
    shape[ndim - i] = x === 1 ? y : x;
  }
  return shape;
}

/** Maps a possibly negative axis to `0 … ndim - 1`. */
export function normalizeAxis(fn: string, axis: number, ndim: number): number {
  if (!Number.isInteger(axis) || axis < -ndim || axis >= ndim) {
    const wanted = ndim === 0 ? "no axis for a 0-d tensor" : `an axis in [${-ndim}, ${ndim - 1}]`;
    throw new ShapeError(`${fn}: expected ${wanted}, got ${quoted(axis)}.${axisHint(axis)}`);
  }
  return axis < 0 ? axis + ndim : axis;
}

/**
 * {@link normalizeAxis} where what has no axes takes 0 and −1 too, as in PyTorch: along an axis of one element, so to speak.
 *
 * @returns undefined for what has no axes
 */
export function axisOrNone(fn: string, axis: number, ndim: number): number | undefined {
  const at = normalizeAxis(fn, axis, Math.max(ndim, 1));
  return ndim === 0 ? undefined : at;
}

/** Sorted, distinct, non-negative axes; all of them when `axis` is undefined. What has no axes takes 0 and −1, and has none then. */
export function normalizeAxes(fn: string, axis: number | readonly number[] | undefined, ndim: number): number[] {
  if (axis === undefined) return Array.from({ length: ndim }, (_, i) => i);
  const axes = axisList(fn, axis).map((a) => normalizeAxis(fn, a, Math.max(ndim, 1)));
  axes.sort((a, b) => a - b);
  for (let i = 1; i < axes.length; i++) {
    if (axes[i] === axes[i - 1]) throw new ShapeError(`${fn}: expected distinct axes, got ${formatValue(axis)}.`);
  }
  return ndim === 0 ? [] : axes;
}

/**
 * One axis or several as a list; which of them exist, {@link normalizeAxis} says.
 *
 * @throws {ShapeError} `flip: expected an axis or a list of axes, got { axis: 0 }.`
 */
export function axisList(fn: string, axis: number | readonly number[]): readonly number[] {
  if (typeof axis === "number") return [axis];
  if (Array.isArray(axis)) return axis;
  throw new ShapeError(`${fn}: expected an axis or a list of axes, got ${quoted(axis)}.${axisHint(axis)}`);
}

/** For `{ axis: 0 }` where the axis stands alone. */
function axisHint(given: unknown): string {
  return isPlainObject(given) && given["axis"] !== undefined ? ` Give the axis itself: ${quoted(given["axis"])}.` : "";
}

/** `shape` with the extents of `axes` replaced by 1. */
export function keepDimsShape(shape: Shape, axes: readonly number[]): number[] {
  const kept = [...shape];
  for (const axis of axes) kept[axis] = 1;
  return kept;
}

/** `shape` without `axes`. */
export function dropAxes(shape: Shape, axes: readonly number[]): number[] {
  return shape.filter((_, axis) => !axes.includes(axis));
}
