import { gemmWorkspace } from "../gemm/gemm-kernels.ts";
import { type Axes, joinAxes, packedStrides, spanOf, writeAxes } from "./axes.ts";
import { movementKernels } from "./movement-kernels.ts";
import { axesAddress, dataAddress, mostWords, piecesOf, stage, take } from "./staging.ts";
import { type Words, worthwhile } from "./words.ts";

/** An index into an array along one axis. */
export interface Indexed {
  /** Extents of the index. */
  readonly extents: readonly number[];
  /** Strides of the array that is indexed, 0 for that axis. */
  readonly strides: readonly number[];
  /** Its stride along that axis. */
  readonly along: number;
  /** Packed; all positions lie within the array. */
  readonly index: Int32Array;
}

const align = (address: number): number => Math.ceil(address / 8) * 8;
const axesOf = ({ extents, strides }: Indexed): Axes => joinAxes(extents, strides, packedStrides(extents));

/** Takes from `x` what an index says, into `out`, if that pays; tells whether it did. Both arrays are of one kind. */
export function gatherStrided(x: Words, indexed: Indexed, out: Words): boolean {
  const { along, index } = indexed;
  if (!worthwhile(index.length)) return false;
  if (x.length > 4 * index.length || x.length + 2 * index.length > mostWords) return false;
  const axes = axesOf(indexed);
  const indexAddress = dataAddress + 4 * x.length;
  const apart = 4 * index.length;
  const workspace = gemmWorkspace();
  workspace.reserve(indexAddress + 2 * apart);
  writeAxes(workspace.int32, axesAddress, axes, 4, 4);
  stage(workspace, x, 0, x.length, dataAddress);
  stage(workspace, index, 0, index.length, indexAddress);
  movementKernels().gather(axesAddress, axes.extents.length, dataAddress, indexAddress, 4 * along, apart);
  take(workspace, indexAddress + apart, out);
  return true;
}

/**
 * `out = x`, with `src` added where an index says, the elements of lower positions first, in float64; if that pays. Tells
 * whether it did.
 */
export function scatterAddStrided(x: Float32Array, indexed: Indexed, src: Float32Array, out: Float32Array): boolean {
  const { along, index } = indexed;
  if (!worthwhile(x.length + index.length)) return false;
  if (index.length === 0 || 2 * x.length + 2 * index.length > mostWords) return false;
  const axes = axesOf(indexed);
  const indexAddress = dataAddress + 8 * x.length;
  const apart = 4 * index.length;
  const workspace = gemmWorkspace();
  workspace.reserve(indexAddress + 2 * apart);
  writeAxes(workspace.int32, axesAddress, axes, 8, 4);
  workspace.float64.set(x, dataAddress / 8);
  stage(workspace, index, 0, index.length, indexAddress);
  stage(workspace, src, 0, src.length, indexAddress + apart);
  movementKernels().scatterAdd(axesAddress, axes.extents.length, dataAddress, indexAddress, 8 * along, apart);
  out.set(workspace.float64.subarray(dataAddress / 8, dataAddress / 8 + x.length));
  return true;
}

/**
 * Adds the packed elements of `x` at `Σ index·stride` of `out`, which is all 0, those of lower indices first, in float64; if
 * that pays. Tells whether it did.
 */
export function addStrided(
  x: Float32Array,
  extents: readonly number[],
  strides: readonly number[],
  out: Float32Array,
): boolean {
  if (!worthwhile(x.length)) return false;
  const axes = joinAxes(extents, packedStrides(extents), strides);
  const most = axes.extents[0]!;
  const rest = axes.extents.slice(1);
  const [row, room] = [x.length / most, axes.b[0]!];
  // Parts that do not meet are computed one after another.
  const isApart = most > 1 && spanOf(rest, axes.b.slice(1)).length <= room;
  const count = isApart ? piecesOf(most, row) : most;
  if (count * row + 2 * (isApart ? count * room : out.length) > mostWords) return false;
  for (let i = 0; i < most; i += count) {
    const n = Math.min(count, most - i);
    const to = isApart ? out.subarray(i * room, (i + n) * room) : out;
    addPiece(x.subarray(i * row, (i + n) * row), { ...axes, extents: [n, ...rest] }, to);
  }
  return true;
}

/** Adds up all that a walk meets in `x`. */
function addPiece(x: Float32Array, axes: Axes, out: Float32Array): void {
  const totals = align(dataAddress + 4 * x.length);
  const workspace = gemmWorkspace();
  workspace.reserve(totals + 8 * out.length);
  writeAxes(workspace.int32, axesAddress, axes, 4, 8);
  stage(workspace, x, 0, x.length, dataAddress);
  const { float64 } = workspace;
  float64.fill(0, totals / 8, totals / 8 + out.length);
  movementKernels().addTo(axesAddress, axes.extents.length, dataAddress, totals);
  out.set(float64.subarray(totals / 8, totals / 8 + out.length));
}

/** Where along lines of `n` elements, `stride` apart, the first extreme of each is; NaN counts as one. Tells whether that paid. */
export function extremeStrided(
  name: "argmax" | "argmin",
  x: Float32Array,
  n: number,
  stride: number,
  out: Int32Array,
): boolean {
  if (!worthwhile(x.length) || x.length + out.length > mostWords) return false;
  const result = dataAddress + 4 * x.length;
  const workspace = gemmWorkspace();
  workspace.reserve(result + 4 * out.length);
  stage(workspace, x, 0, x.length, dataAddress);
  movementKernels()[name](dataAddress, result, out.length / stride, n, stride);
  take(workspace, result, out);
  return true;
}
