/** An n-d array for reference computations, written without the tensor package. */
export interface Nd {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** All positions of `shape` in row-major order. */
export function positions(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (heads, extent) => heads.flatMap((head) => Array.from({ length: extent }, (_, i) => [...head, i])),
    [[]],
  );
}

/** An array whose element at each position is `element(position)`. */
export function build(shape: readonly number[], element: (position: readonly number[]) => number): Nd {
  return { shape, data: positions(shape).map(element) };
}

/** The element at `position`, aligned at the last axis, with axes of extent 1 repeated. */
export function at({ shape, data }: Nd, position: readonly number[]): number {
  const skipped = position.length - shape.length;
  let offset = 0;
  shape.forEach((extent, axis) => {
    const i = position[axis + skipped]!;
    offset = offset * extent + (extent === 1 ? 0 : i);
  });
  return data[offset]!;
}

/** A function of elements, over arrays that broadcast. */
export function elementwise(inputs: readonly Nd[], f: (...elements: number[]) => number): Nd {
  const ndim = Math.max(...inputs.map(({ shape }) => shape.length));
  const shape = Array.from({ length: ndim }, (_, axis) => {
    const extents = inputs.map((input) => input.shape[input.shape.length - ndim + axis] ?? 1);
    return extents.find((extent) => extent !== 1) ?? 1;
  });
  return build(shape, (position) => f(...inputs.map((input) => at(input, position))));
}

/** The elements that differ from `position` only along `axes`, in row-major order. */
export function fiber(x: Nd, position: readonly number[], axes: readonly number[]): number[] {
  return positions(axes.map((axis) => x.shape[axis]!)).map((along) => {
    const here = [...position];
    axes.forEach((axis, i) => (here[axis] = along[i]!));
    return at(x, here);
  });
}

/** `position` with its entry at `axis` replaced. */
export function moved(position: readonly number[], axis: number, to: number): number[] {
  return position.map((i, a) => (a === axis ? to : i));
}

/** Reproducible uniform numbers in [0, 1). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
