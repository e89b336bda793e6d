/** A whole number that may follow the batch: itself, or `scale · batch + offset`. */
export type Extent = number | Line;

/** What grows with the batch: `scale · batch + offset`. */
export interface Line {
  readonly scale: number;
  readonly offset: number;
}

/** What was seen at each of some batches, as a line: exactly, or to a relative error. Undefined where there is none. */
export function lineThrough(
  batches: readonly number[],
  values: readonly number[],
  tolerance: number = 0,
): Line | undefined {
  const [b0, b1] = batches as readonly [number, number];
  const [v0, v1] = values as readonly [number, number];
  const scale = values.every((value) => Object.is(value, v0)) ? 0 : (v1 - v0) / (b1 - b0);
  const offset = scale === 0 ? v0 : v0 - scale * b0;
  const fits = values.every((value, i) => {
    const error = Math.abs(scale * batches[i]! + offset - value);
    return scale === 0 || error <= tolerance * Math.abs(value);
  });
  return fits ? { scale, offset } : undefined;
}

/** An extent from what it was at each batch; undefined where it is no line of whole numbers. */
export function extentThrough(batches: readonly number[], values: readonly number[]): Extent | undefined {
  const line = lineThrough(batches, values);
  if (line === undefined || !Number.isInteger(line.scale) || !Number.isInteger(line.offset)) return undefined;
  return line.scale === 0 ? line.offset : line;
}

/** Whether an extent is the same for every batch. */
export function isFixed(extent: Extent): extent is number {
  return typeof extent === "number";
}

export function sameExtent(a: Extent, b: Extent): boolean {
  if (isFixed(a) || isFixed(b)) return a === b;
  return a.scale === b.scale && a.offset === b.offset;
}

/** Whether two shapes are one for every batch. */
export function sameExtents(a: readonly Extent[], b: readonly Extent[]): boolean {
  return a.length === b.length && a.every((extent, axis) => sameExtent(extent, b[axis]!));
}

/** `a + factor · b` */
export function plus(a: Extent, b: Extent, factor: number = 1): Extent {
  const [x, y] = [lineOf(a), lineOf(b)];
  const [scale, offset] = [x.scale + factor * y.scale, x.offset + factor * y.offset];
  return scale === 0 ? offset : { scale, offset };
}

/** As a dimension is written: `2*batch+1`. */
export function symbolOf({ scale, offset }: Line): string {
  const factor = scale === 1 ? "" : `${scale}*`;
  return `${factor}batch${offset > 0 ? "+" : ""}${offset === 0 ? "" : offset}`;
}

/** A shape for messages, such as `[batch, 3]`. */
export function formatExtents(shape: readonly Extent[]): string {
  return `[${shape.map((extent) => (isFixed(extent) ? extent : symbolOf(extent))).join(", ")}]`;
}

function lineOf(extent: Extent): Line {
  return isFixed(extent) ? { scale: 0, offset: extent } : extent;
}
