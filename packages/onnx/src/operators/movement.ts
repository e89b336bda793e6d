import { cat, type SliceRange, split, type Tensor } from "@tapegrad/tensor";
import { sizeOf } from "@tapegrad/tensor/internal";
import type { NodeCall, Operators } from "./node-call.ts";

/** The axes of an attribute (older versions) or of the second input. */
function axesOf(call: NodeCall): number[] | undefined {
  return call.ints("axes") ?? call.intsOf(1);
}

function reshape(call: NodeCall): Tensor {
  const x = call.input(0);
  const wanted = call.intsOf(1) ?? call.ints("shape") ?? call.fail("input[1]", "expected a shape, got none");
  const keepsZero = call.flag("allowzero", false);
  return x.reshape(wanted.map((extent, i) => (extent === 0 && !keepsZero ? (x.shape[i] ?? 0) : extent)));
}

function unsqueeze(call: NodeCall): Tensor {
  const x = call.input(0);
  const axes = axesOf(call) ?? call.fail("input[1]", "expected axes, got none");
  const rank = x.ndim + axes.length;
  return axes
    .map((axis) => (axis < 0 ? axis + rank : axis))
    .toSorted((a, b) => a - b)
    .reduce((y, axis) => y.unsqueeze(axis), x);
}

function slice(call: NodeCall): Tensor {
  const x = call.input(0);
  const starts = call.ints("starts") ?? call.intsOf(1) ?? [];
  const ends = call.ints("ends") ?? call.intsOf(2) ?? [];
  const axes = call.ints("axes") ?? call.intsOf(3) ?? starts.map((_, i) => i);
  const steps = call.intsOf(4) ?? starts.map(() => 1);
  if (starts.length !== axes.length || ends.length !== axes.length || steps.length !== axes.length) {
    call.fail("input[1]", `expected ${axes.length} starts, ends and steps`);
  }
  const ranges: SliceRange[] = x.shape.map(() => []);
  axes.forEach((axis, i) => {
    const at = axis < 0 ? axis + x.ndim : axis;
    if (ranges[at] === undefined) call.fail("input[3]", `expected one of ${x.ndim} axes, got ${axis}`);
    ranges[at] = [starts[i], ends[i], steps[i]];
  });
  return x.slice(...ranges);
}

function splitParts(call: NodeCall): readonly Tensor[] {
  const [x, axis] = [call.input(0), call.int("axis", 0)];
  const sizes = call.ints("split") ?? call.intsOf(1);
  const extent = x.shape.at(axis) ?? call.fail("attribute.axis", `expected one of ${x.ndim} axes, got ${axis}`);
  return split(x, sizes ?? Math.max(Math.ceil(extent / call.outputCount), 1), axis);
}

/** Repeats the whole along each axis. */
function tile(call: NodeCall): Tensor {
  const x = call.input(0);
  const times = call.intsOf(1) ?? call.fail("input[1]", "expected repeats, got none");
  if (times.length !== x.ndim) call.fail("input[1]", `expected ${x.ndim} repeats, got ${times.length}`);
  call.extents(
    "input[1]",
    times.map((n, i) => n * x.shape[i]!),
  );
  const apart = x.shape.flatMap((extent) => [1, extent]);
  const repeated = x.shape.flatMap((extent, i) => [times[i]!, extent]);
  return x
    .reshape(apart)
    .broadcastTo(repeated)
    .reshape(x.shape.map((extent, i) => extent * times[i]!));
}

function expand(call: NodeCall): Tensor {
  const x = call.input(0);
  const wanted = call.extents("input[1]", call.intsOf(1) ?? []);
  const rank = Math.max(wanted.length, x.ndim);
  const aligned = (shape: readonly number[]): number[] => [
    ...Array.from({ length: rank - shape.length }, () => 1),
    ...shape,
  ];
  const [own, other] = [aligned(x.shape), aligned(wanted)];
  return x.broadcastTo(own.map((extent, i) => (extent === 1 ? other[i]! : extent)));
}

const padModes = { constant: "constant", reflect: "reflect", edge: "replicate", wrap: "circular" } as const;

function pad(call: NodeCall): Tensor {
  const x = call.input(0);
  const widths = call.ints("pads") ?? call.intsOf(1) ?? [];
  const axes = call.intsOf(3) ?? x.shape.map((_, i) => i);
  const count = axes.length;
  if (widths.length !== 2 * count) call.fail("input[1]", `expected ${2 * count} widths, got ${widths.length}`);
  const pairs = x.shape.map((): [number, number] => [0, 0]);
  axes.forEach((axis, i) => {
    const at = axis < 0 ? axis + x.ndim : axis;
    if (pairs[at] === undefined) call.fail("input[3]", `expected one of ${x.ndim} axes, got ${axis}`);
    pairs[at] = [widths[i]!, widths[count + i]!];
  });
  call.extents(
    "input[1]",
    pairs.map(([low, high], i) => Math.max(x.shape[i]! + low + high, 0)),
  );
  const mode = padModes[call.word("mode", ["constant", "reflect", "edge", "wrap"], "constant")];
  return x.pad(pairs, { mode, value: call.numberOf(2) ?? call.float("value", 0) });
}

/** Moves blocks of channels to blocks of pixels. */
function depthToSpace(call: NodeCall): Tensor {
  const [x, block] = [call.input(0), call.int("blocksize")];
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  const depth = c / block ** 2;
  const blocksFirst = call.word("mode", ["DCR", "CRD"], "DCR") === "DCR";
  const parts = blocksFirst
    ? x.reshape(n, block, block, depth, h, w).permute([0, 3, 4, 1, 5, 2])
    : x.reshape(n, depth, block, block, h, w).permute([0, 1, 4, 2, 5, 3]);
  return parts.reshape(n, depth, h * block, w * block);
}

function spaceToDepth(call: NodeCall): Tensor {
  const [x, block] = [call.input(0), call.int("blocksize")];
  const [n = 0, c = 0, h = 0, w = 0] = x.shape;
  return x
    .reshape(n, c, h / block, block, w / block, block)
    .permute([0, 3, 5, 1, 2, 4])
    .reshape(n, c * block ** 2, h / block, w / block);
}

/** The first elements along the time axis in reverse order, as many as each sequence has. */
function reverseSequence(call: NodeCall): Tensor {
  const [x, lengths] = [call.input(0), call.intsOf(1) ?? []];
  const [batch, time] = [call.int("batch_axis", 1), call.int("time_axis", 0)];
  const sequences = split(x, 1, batch).map((sequence, i) => {
    const length = lengths[i] ?? call.fail("input[1]", `expected ${x.shape[batch]} lengths, got ${lengths.length}`);
    const [head, tail] = split(sequence, [length, x.extent(time) - length], time);
    return cat([head.flip(time), tail], time);
  });
  return cat(sequences, batch);
}

/** Elements in other places. */
export const movement: Operators = {
  Reshape: reshape,
  Flatten: (call) => {
    const [x, axis] = [call.input(0), call.int("axis", 1)];
    const at = axis < 0 ? axis + x.ndim : axis;
    const rows = sizeOf(x.shape.slice(0, at));
    return x.reshape(rows, rows === 0 ? 0 : x.size / rows);
  },
  Squeeze: (call) => call.input(0).squeeze(axesOf(call)),
  Unsqueeze: unsqueeze,
  Transpose: (call) =>
    call.input(0).permute(
      call.ints("perm") ??
        call
          .input(0)
          .shape.map((_, i) => i)
          .toReversed(),
    ),
  // Before version 4 the axis may be left out.
  Concat: (call) => cat(call.all(), call.int("axis", call.opset < 4 ? 1 : undefined)),
  Split: splitParts,
  Slice: slice,
  Pad: pad,
  Tile: tile,
  Expand: expand,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  ReverseSequence: reverseSequence,
};
