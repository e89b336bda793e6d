import { positions } from "@tapegrad/testing";

/** An n-d array for reference computations, written without the tensor package. */
export interface Nd {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** The element at `position`; undefined outside. */
export function at({ shape, data }: Nd, position: readonly number[]): number | undefined {
  let offset = 0;
  for (const [axis, extent] of shape.entries()) {
    const i = position[axis]!;
    if (i < 0 || i >= extent) return undefined;
    offset = offset * extent + i;
  }
  return data[offset];
}

/** Settings of a window along every spatial axis. */
export interface Window {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Before and after each axis. */
  readonly padding: readonly (readonly [number, number])[];
}

/** What the window at `place` sees of channel `c` of sample `n`, element by element; undefined in the padding. */
export function seen(x: Nd, n: number, c: number, place: readonly number[], window: Window): (number | undefined)[] {
  const { size, stride, dilation, padding } = window;
  return positions(size).map((tap) =>
    at(x, [n, c, ...place.map((p, k) => p * stride[k]! + tap[k]! * dilation[k]! - padding[k]![0])]),
  );
}

/** Extents of the result: how many windows fit. */
export function counts(x: Nd, { size, stride, dilation, padding }: Window): number[] {
  return size.map((n, k) => {
    let count = 0;
    const last = x.shape[2 + k]! + padding[k]![0] + padding[k]![1];
    while (count * stride[k]! + (n - 1) * dilation[k]! < last) count++;
    return count;
  });
}

/** Cross-correlation by its definition, loop by loop. */
export function naiveConvolution(x: Nd, w: Nd, b: Nd | undefined, window: Window, groups: number): Nd {
  const [filters, inside] = w.shape as [number, number];
  const shape = [x.shape[0]!, filters, ...counts(x, window)];
  const taps = positions(window.size);
  const data = positions(shape).map(([n, o, ...place]) => {
    const first = Math.floor(o! / (filters / groups)) * inside;
    let sum = b?.data[o!] ?? 0;
    for (let c = 0; c < inside; c++) {
      seen(x, n!, first + c, place, window).forEach((value, i) => (sum += (value ?? 0) * at(w, [o!, c, ...taps[i]!])!));
    }
    return sum;
  });
  return { shape, data };
}
