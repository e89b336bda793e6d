import { DTypeError, ShapeError } from "../errors.ts";
import { broadcastShapes, formatShape, sameShape } from "../shape.ts";
import { TensorCore } from "./core.ts";
import { expectElements } from "./expect-elements.ts";
import { positionsOf } from "./nonzero.ts";
import { selectAlong } from "./select-along.ts";
import { slice } from "./slice.ts";
import type { SliceRange } from "./slice-range.ts";
import type { Tensor } from "./tensor.ts";

/** What to take along an axis: a position, a range, or a tensor of positions; a bool mask of one axis or several. */
export type AtPosition = SliceRange | Tensor;

/** An axis that a tensor of positions picks from. */
interface Picked {
  readonly axis: number;
  readonly index: Tensor;
}

/**
 * See {@link Tensor.at}.
 *
 * @param fn name of the function that was called, for the messages
 */
export function at(x: Tensor, positions: readonly AtPosition[], fn = "at"): Tensor {
  const each = withoutMasks(fn, x, positions);
  const ranges = each.map((position): SliceRange => (isTensor(position) ? [] : position));
  const taken = slice(fn, x, ranges);
  // Numbers have dropped their axes: an axis of `taken` stands where it stood among the others.
  const axes = x.shape.flatMap((_, axis) => (typeof ranges[axis] === "number" ? [] : [axis]));
  const picked = axes.flatMap((from, axis): Picked[] => {
    const index = each[from];
    return isTensor(index) ? [{ axis, index: fromStart(fn, index, taken.shape[axis]!, from) }] : [];
  });
  return picked.length === 0 ? taken : pick(fn, taken, picked);
}

function isTensor(value: unknown): value is Tensor {
  return value instanceof TensorCore;
}

/** The positions with each mask as where it is true: one tensor for each axis of the mask. */
function withoutMasks(fn: string, x: Tensor, positions: readonly AtPosition[]): AtPosition[] {
  const each: AtPosition[] = [];
  for (const position of positions) {
    if (!isTensor(position) || position.dtype !== "bool") {
      each.push(position);
      continue;
    }
    checkMask(fn, x, position, each.length);
    const found = positionsOf(fn, position);
    for (let k = 0; k < position.ndim; k++) each.push(found.slice([], k));
  }
  return each;
}

/** Throws unless a mask has the shape of the axes of `x` from `axis` on. */
export function checkMask(fn: string, x: Tensor, mask: Tensor, axis: number): void {
  const covered = x.shape.slice(axis, axis + Math.max(mask.ndim, 1));
  if (sameShape(mask.shape, covered)) return;
  throw new ShapeError(
    `${fn}: expected a mask of shape ${formatShape(covered)} for axis ${axis}, got ${formatShape(mask.shape)}.`,
  );
}

/** Positions counted from the start, of those that may be counted from the end. */
function fromStart(fn: string, index: Tensor, extent: number, axis: number): Tensor {
  if (index.dtype !== "int32") {
    throw new DTypeError(
      `${fn}: expected an int32 index or a bool mask for axis ${axis}, got ${index.dtype}. Convert it with to("int32").`,
    );
  }
  expectElements(index, {
    within: [[-extent, extent - 1]],
    error: (k) => new ShapeError(`${fn}: expected indices in [${-extent}, ${extent}) for axis ${axis}, got ${k}.`),
  });
  return index.remainder(extent);
}

/** The elements at positions of some axes, all of the others. */
function pick(fn: string, x: Tensor, picked: readonly Picked[]): Tensor {
  picked.reduce<readonly number[]>((shape, { index }) => broadcastShapes(fn, shape, index.shape), []);
  // The picked axes side by side are one long axis.
  const index = picked.reduce<Tensor | undefined>(
    (flat, { axis, index }) => (flat === undefined ? index : flat.mul(x.shape[axis]!).add(index)),
    undefined,
  )!;
  const pickedAxes = picked.map(({ axis }) => axis);
  const others = x.shape.flatMap((_, axis) => (pickedAxes.includes(axis) ? [] : [axis]));
  // What has no axes of its own leaves none behind, and does not decide where those of the rest go.
  const withAxes = picked.flatMap(({ axis, index }) => (index.ndim > 0 ? [axis] : []));
  const [first, last] = [withAxes[0] ?? pickedAxes[0]!, withAxes.at(-1) ?? pickedAxes[0]!];
  const isApart = others.some((axis) => first < axis && axis < last);
  const before = isApart ? [] : others.filter((axis) => axis < first);
  const after = others.slice(before.length);
  const extents = (list: readonly number[]): number[] => list.map((axis) => x.shape[axis]!);
  const length = extents(pickedAxes).reduce((product, extent) => product * extent, 1);
  const joined = x
    .permute([...before, ...pickedAxes, ...after])
    .reshape([...extents(before), length, ...extents(after)]);
  const lines = selectAlong(joined, before.length, index.flatten());
  return lines.reshape([...extents(before), ...index.shape, ...extents(after)]);
}
