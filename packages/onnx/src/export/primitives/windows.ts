import { type Extent, isFixed } from "../graph/extent.ts";
import type { GraphWriter } from "../graph/graph-writer.ts";
import { followsBatch } from "../trace/refused.ts";
import type { PrimitiveRow } from "./row.ts";

/** One axis with windows: where they begin and how they go on. */
interface Sliding {
  readonly axis: number;
  /** Position among the axes with windows. */
  readonly k: number;
  readonly count: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
}

interface WindowsOf {
  readonly axes: readonly number[];
  readonly size: readonly Extent[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

/** The axes with windows in order, and what is known of each. */
function slidings(fn: string, shape: readonly Extent[], { axes, size, stride, dilation }: WindowsOf): Sliding[] {
  const found = axes.map((axis, k) => {
    const [count, extent] = [shape[axis]!, size[k]!];
    if (!isFixed(count) || !isFixed(extent)) throw followsBatch(`${fn} along an axis that grows with it`);
    return { axis, k, count, size: extent, stride: stride[k]!, dilation: dilation[k]! };
  });
  return found.toSorted((a, b) => a.axis - b.axis);
}

/** Where each element of each window lies on its axis. */
function positionsOf({ count, size, stride, dilation }: Sliding): Int32Array {
  return Int32Array.from({ length: count * size }, (_, i) => Math.floor(i / size) * stride + (i % size) * dilation);
}

/** Where an axis, and the axis of its elements, stand when each follows right behind its own. */
function besides(rank: number, along: readonly Sliding[]): number[] {
  const order: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    order.push(axis);
    const sliding = along.find((each) => each.axis === axis);
    if (sliding !== undefined) order.push(rank + sliding.k);
  }
  return order;
}

/** Each axis is looked up by `[windows, elements]`; the elements move behind all axes. */
export const windows: PrimitiveRow<"windows"> = (writer, [x], attrs, { shape }) => {
  const along = slidings("windows", shape, attrs);
  // From the last on: those before stay where they are.
  const taken = along.toReversed().reduce((y, sliding) => {
    const { axis, count, size } = sliding;
    return writer.node("Gather", [y, writer.constant(positionsOf(sliding), [count, size], "int32")], { axis });
  }, x.name);
  const order = besides(x.shape.length, along);
  const perm = order.map((_, axis) => order.indexOf(axis));
  return writer.node("Transpose", [taken], { perm });
};

/** The elements of the windows of an axis are joined behind each other, and added where they were taken from. */
export const foldWindows: PrimitiveRow<"foldWindows"> = (writer, [y], attrs, { dtype }) => {
  const { shape } = attrs;
  const along = slidings("foldWindows", y.shape, attrs);
  const moved = writer.node("Transpose", [y.name], { perm: besides(shape.length, along) });
  let joined = y.shape.slice(0, shape.length);
  for (const { axis, count, size } of along) joined = joined.with(axis, count * size);
  let name = writer.reshape(moved, joined);
  for (const sliding of along) {
    const { axis } = sliding;
    const zeros = writer.node("Expand", [writer.scalar(0, dtype), writer.extents(joined.with(axis, shape[axis]!))]);
    const index = expandedAlong(writer, positionsOf(sliding), axis, joined);
    name = writer.node("ScatterElements", [zeros, index, name], { axis, reduction: "add" });
    joined = joined.with(axis, shape[axis]!);
  }
  return name;
};

/** Whole numbers along an axis, the same for all other positions. */
function expandedAlong(writer: GraphWriter, numbers: Int32Array, axis: number, shape: readonly Extent[]): string {
  const line = writer.constant(
    numbers,
    shape.map((_, a) => (a === axis ? numbers.length : 1)),
    "int32",
  );
  return writer.node("Expand", [line, writer.extents(shape.map((extent, a) => (a === axis ? numbers.length : extent)))]); // prettier-ignore
}
