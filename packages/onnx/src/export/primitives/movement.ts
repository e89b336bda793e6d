import type { MovementSignatures } from "@tapegrad/tensor/internal";
import { type Extent, plus, sameExtent } from "../graph/extent.ts";
import type { GraphWriter } from "../graph/graph-writer.ts";
import type { Operand, PrimitiveRow, PrimitiveRows } from "./row.ts";
import { foldWindows, windows } from "./windows.ts";

/** Elements of some axes: from `start` on, in steps, up to and without `end`. */
interface Cut {
  readonly axis: number;
  readonly start: Extent;
  readonly end: Extent;
  readonly step: number;
}

function cut(writer: GraphWriter, x: string, cuts: readonly Cut[]): string {
  if (cuts.length === 0) return x;
  const starts = writer.extents(cuts.map(({ start }) => start));
  const ends = writer.extents(cuts.map(({ end }) => end));
  const axes = writer.wholes(cuts.map(({ axis }) => axis));
  const steps = cuts.map(({ step }) => step);
  return writer.node("Slice", [x, starts, ends, axes, ...(steps.every((by) => by === 1) ? [] : [writer.wholes(steps)])]); // prettier-ignore
}

const slice: PrimitiveRow<"slice"> = (writer, [x], { start, size, step }) => {
  const cuts = x.shape.flatMap((extent, axis): Cut[] => {
    const [from, count, by] = [start[axis]!, size[axis]!, step[axis]!];
    if (sameExtent(count, extent)) return [];
    // One after the last: (count − 1) · by + 1 from the start on.
    return [{ axis, start: from, end: plus(plus(from, count, by), 1 - by), step: by }];
  });
  return cut(writer, x.name, cuts);
};

/** ONNX counts from the end backwards, until long before the first element. */
const flip: PrimitiveRow<"flip"> = (writer, [x], { axes }) =>
  cut(
    writer,
    x.name,
    axes.map((axis) => ({ axis, start: -1, end: -(2 ** 31), step: -1 })),
  );

const pad: PrimitiveRow<"pad"> = (writer, [x], { low, high, interior, value }) => {
  const spread = interior.reduce((y, between, axis) => insertBetween(writer, y, axis, between, value), x);
  if ([...low, ...high].every((width) => width === 0)) return spread.name;
  return writer.node("Pad", [spread.name, writer.wholes([...low, ...high]), writer.scalar(value, x.dtype)]);
};

/** Puts elements behind each along an axis, and takes off those behind the last. */
function insertBetween(writer: GraphWriter, x: Operand, axis: number, between: number, value: number): Operand {
  if (between === 0) return x;
  const { shape, dtype } = x;
  const apart = [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)];
  const widths = apart.map((_, a) => (a === axis + 1 ? between : 0));
  const pads = writer.wholes([...apart.map(() => 0), ...widths]);
  const padded = writer.node("Pad", [writer.reshape(x.name, apart), pads, writer.scalar(value, dtype)]);
  const joined = shape.with(axis, plus(0, shape[axis]!, between + 1));
  const end = plus(joined[axis]!, -between);
  const name = cut(writer, writer.reshape(padded, joined), [{ axis, start: 0, end, step: 1 }]);
  return { name, dtype, shape: shape.with(axis, end) };
}

/** What only moves elements. */
export const movement: PrimitiveRows<keyof MovementSignatures> = {
  reshape: (writer, [x], { shape }) => writer.reshape(x.name, shape),
  permute: (writer, [x], { axes }) => writer.node("Transpose", [x.name], { perm: axes }),
  broadcastTo: (writer, [x], { shape }) => writer.node("Expand", [x.name, writer.extents(shape)]),
  slice,
  flip,
  pad,
  concat: (writer, parts, { axis }) =>
    writer.node(
      "Concat",
      parts.map(({ name }) => name),
      { axis },
    ),
  windows,
  foldWindows,
};
