import { gemmWorkspace } from "../gemm/gemm-kernels.ts";
import { type Axes, joinAxes, nearestInside, packedStrides, spanOf, writeAxes } from "./axes.ts";
import { movementKernels } from "./movement-kernels.ts";
import { axesAddress, dataAddress, mostWords, piecesOf, stage, take } from "./staging.ts";
import { type Words, worthwhile } from "./words.ts";

/** Elements of a row from which on the engine copies it at once, and nothing need be staged. */
const longRow = 128;

/** Where elements lie in an array: a stride for each axis, from `offset` on. */
export interface Strided {
  /** How long each axis is. */
  readonly extents: readonly number[];
  /** The first element. */
  readonly offset: number;
  /** How many elements each axis moves on by. */
  readonly strides: readonly number[];
}

/**
 * Packs the elements at `offset + Σ index·stride` of `x` into `out`, if that pays; tells whether it did. Both arrays are of one
 * kind. `out` has as many elements as there are indices, none of them outside of `x`.
 */
export function packStrided(x: Words, { extents, offset, strides }: Strided, out: Words): boolean {
  if (!worthwhile(out.length)) return false;
  const axes = joinAxes(extents, strides, packedStrides(extents));
  const last = axes.extents.length - 1;
  if (axes.a[last] === 1 && axes.extents[last]! >= longRow) {
    copyRows(axes.extents, axes.a, (from, to, n) => out.set(x.subarray(offset + from, offset + from + n), to));
    return true;
  }
  const most = axes.extents[0]!;
  const row = out.length / most;
  const count = piecesOf(most, row);
  const { length } = spanOf([count, ...axes.extents.slice(1)], axes.a);
  if (length > 4 * count * row || length > mostWords) return false;
  for (let i = 0; i < most; i += count) {
    const extents = [Math.min(count, most - i), ...axes.extents.slice(1)];
    const piece = { extents, a: axes.a.slice(), b: axes.b.slice() };
    packPiece(x, offset + i * axes.a[0]!, piece, count === most ? out : out.subarray(i * row, (i + extents[0]!) * row));
  }
  return true;
}

/** Packs what a walk meets from `offset` on. */
function packPiece(x: Words, offset: number, axes: Axes, out: Words): void {
  const { least, length } = spanOf(axes.extents, axes.a);
  nearestInside(axes);
  const result = dataAddress + 4 * length;
  const workspace = gemmWorkspace();
  workspace.reserve(result + 4 * out.length);
  writeAxes(workspace.int32, axesAddress, axes, 4, 4);
  stage(workspace, x, offset + least, length, dataAddress);
  movementKernels().copy(axesAddress, axes.extents.length, dataAddress - 4 * least, result);
  take(workspace, result, out);
}

/**
 * Fills `out`, which is all 0, with `value`, and writes the packed elements of `x` to `offset + Σ index·stride`, if that pays;
 * tells whether it did. Both arrays are of one kind.
 */
export function spreadStrided(x: Words, { extents, offset, strides }: Strided, out: Words, value: number): boolean {
  if (!worthwhile(x.length)) return false;
  const axes = joinAxes(extents, strides, packedStrides(extents));
  const last = axes.extents.length - 1;
  if (axes.a[last] === 1 && axes.extents[last]! >= longRow) {
    if (!Object.is(value, 0)) out.fill(value);
    copyRows(axes.extents, axes.a, (to, from, n) => out.set(x.subarray(from, from + n), offset + to));
    return true;
  }
  if (x.length + out.length > mostWords) return false;
  const result = dataAddress + 4 * x.length;
  const workspace = gemmWorkspace();
  workspace.reserve(result + 4 * out.length);
  writeAxes(workspace.int32, axesAddress, { extents: axes.extents, a: axes.b, b: axes.a }, 4, 4);
  stage(workspace, x, 0, x.length, dataAddress);
  const room = out instanceof Float32Array ? workspace.float32 : workspace.int32;
  room.fill(value, result / 4, result / 4 + out.length);
  movementKernels().copy(axesAddress, axes.extents.length, dataAddress, result + 4 * offset);
  take(workspace, result, out);
  return true;
}

/** Calls `copy` for every row: where it begins in the strided and in the packed array, and its length. */
function copyRows(
  extents: readonly number[],
  strides: readonly number[],
  copy: (strided: number, packed: number, n: number) => void,
): void {
  const last = extents.length - 1;
  const n = extents[last]!;
  const index = new Array<number>(last).fill(0);
  let strided = 0;
  for (let packed = 0; ; packed += n) {
    copy(strided, packed, n);
    let axis = last - 1;
    for (; axis >= 0; axis--) {
      const next = index[axis]! + 1;
      const wraps = next === extents[axis];
      index[axis] = wraps ? 0 : next;
      strided += strides[axis]! * (wraps ? 1 - next : 1);
      if (!wraps) break;
    }
    if (axis < 0) return;
  }
}
