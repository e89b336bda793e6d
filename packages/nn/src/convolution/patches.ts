import { type Shape, ShapeError, type Tensor } from "@tapegrad/tensor";
import { apply, formatShape, sizeOf } from "@tapegrad/tensor/internal";

/** How a window slides: a number per spatial axis each. */
export interface Sliding {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

/** Extent that a window covers: `(size − 1)·dilation + 1`. */
export function spanOf(size: number, dilation: number): number {
  return (size - 1) * dilation + 1;
}

/** Number of positions of a window along each axis, `⌊(extent − span) / stride⌋ + 1`; throws where there is none. */
export function countPositions(fn: string, extents: Shape, { size, stride, dilation }: Sliding): number[] {
  const spans = size.map((n, k) => spanOf(n, dilation[k]!));
  if (spans.some((span, k) => span > extents[k]!)) {
    throw new ShapeError(
      `${fn}: expected spatial extents of at least ${formatShape(spans)} after padding, got ${formatShape(extents)}.`,
    );
  }
  return spans.map((span, k) => Math.floor((extents[k]! - span) / stride[k]!) + 1);
}

/** The windows primitive with its roles swapped: what is appended are the positions, so that they come last. */
function swapped(first: number, positions: readonly number[], { stride, dilation }: Sliding) {
  return { axes: positions.map((_, k) => first + k), size: positions, stride: dilation, dilation: stride };
}

/**
 * Everything that a sliding window sees, positions last: `[N, C, ...spatial]` gives `[N, C, ...size, ...positions]`.
 *
 * A window of extent `size` and step `dilation` at every `stride` reads the same elements as a window of extent
 * `positions` and step `stride` at every `dilation`. In this order a matrix product needs no transposed copy.
 */
export function patches(fn: string, x: Tensor, sliding: Sliding): Tensor {
  const { size, stride, dilation } = sliding;
  const first = x.ndim - size.length;
  const spatial = x.shape.slice(first);
  const positions = countPositions(fn, spatial, sliding);
  const used = positions.map((n, k) => (n - 1) * stride[k]! + spanOf(size[k]!, dilation[k]!));
  const whole = used.every((extent, k) => extent === spatial[k]);
  const taken = whole
    ? x
    : x.slice(...x.shape.map((n, axis): [number, number] => [0, axis < first ? n : used[axis - first]!]));
  const everything = sizeOf(positions) === 1 && dilation.every((gap, k) => gap === 1 || size[k] === 1);
  if (everything || (sizeOf(size) === 1 && stride.every((by) => by === 1))) {
    return taken.reshape([...x.shape.slice(0, first), ...size, ...positions]);
  }
  return apply("windows", [taken], swapped(first, positions, sliding))[0];
}

/**
 * The adjoint of {@link patches}: `[N, C, ...size, ...positions]` gives `[N, C, ...spatial]`, elements that windows share
 * are added.
 */
export function foldPatches(y: Tensor, sliding: Sliding, spatial: Shape): Tensor {
  const { size, stride, dilation } = sliding;
  const rank = size.length;
  const first = y.ndim - 2 * rank;
  const positions = y.shape.slice(first + rank);
  const used = positions.map((n, k) => (n - 1) * stride[k]! + spanOf(size[k]!, dilation[k]!));
  const shape = [...y.shape.slice(0, first), ...used];
  const folded = apply("foldWindows", [y], { ...swapped(first, positions, sliding), shape })[0];
  const missing = spatial.map((extent, k) => extent - used[k]!);
  if (missing.every((n) => n === 0)) return folded;
  return folded.pad(shape.map((_, axis): [number, number] => [0, axis < first ? 0 : missing[axis - first]!]));
}
