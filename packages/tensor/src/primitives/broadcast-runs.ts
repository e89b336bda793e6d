import { sameShape, type Shape, sizeOf, stridesOf } from "../shape.ts";

/** An output cut into equal runs, along which every operand advances by a fixed step. */
export interface BroadcastRuns {
  /** Elements of the output. */
  readonly size: number;
  /** Elements of a run. */
  readonly length: number;
  /** Step of each operand along a run. */
  readonly steps: readonly number[];
  /** Calls `visit` with the run's position in the output and in each operand; `starts` is reused. */
  readonly forEach: (visit: (at: number, starts: readonly number[]) => void) => void;
}

/** Cuts the broadcast of `operands` to `shape` into the longest runs there are. */
export function broadcastRuns(shape: Shape, operands: readonly Shape[]): BroadcastRuns {
  const size = sizeOf(shape);
  if (size === 0) return { size, length: 0, steps: operands.map(() => 0), forEach: () => {} };
  if (operands.every((operand) => sameShape(operand, shape) || sizeOf(operand) === 1)) {
    const steps = operands.map((operand) => (sizeOf(operand) === 1 ? 0 : 1));
    return {
      size,
      length: size,
      steps,
      forEach: (visit) =>
        visit(
          0,
          operands.map(() => 0),
        ),
    };
  }
  const { extents, strides } = coalesce(
    shape,
    operands.map((operand) => broadcastStrides(operand, shape)),
  );
  const last = extents.length - 1;
  const length = extents[last]!;
  const outer = extents.slice(0, last);
  const steps = strides.map((s) => s[last]!);
  return { size, length, steps, forEach: (visit) => odometer(outer, strides, length, visit) };
}

/** Strides of `operand` seen in `shape`, 0 where it is repeated. */
export function broadcastStrides(operand: Shape, shape: Shape): number[] {
  const own = stridesOf(operand);
  const missing = shape.length - operand.length;
  return shape.map((_, axis) => (axis < missing || operand[axis - missing] === 1 ? 0 : own[axis - missing]!));
}

/** Drops axes of extent 1 and joins neighbours that every operand walks through as one. */
function coalesce(shape: Shape, strides: readonly number[][]): { extents: number[]; strides: number[][] } {
  const extents: number[] = [];
  const joined: number[][] = strides.map(() => []);
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis]!;
    if (extent === 1) continue;
    const last = extents.length - 1;
    const joins = last >= 0 && strides.every((s, k) => joined[k]![last] === s[axis]! * extent);
    if (joins) extents[last] = extents[last]! * extent;
    else extents.push(extent);
    strides.forEach((s, k) => (joined[k]![joins ? last : last + 1] = s[axis]!));
  }
  return { extents, strides: joined };
}

function odometer(
  outer: readonly number[],
  strides: readonly (readonly number[])[],
  length: number,
  visit: (at: number, starts: readonly number[]) => void,
): void {
  const index = outer.map(() => 0);
  const starts = strides.map(() => 0);
  let at = 0;
  for (;;) {
    visit(at, starts);
    at += length;
    let axis = outer.length - 1;
    for (; axis >= 0; axis--) {
      const next = index[axis]! + 1;
      const wraps = next === outer[axis];
      index[axis] = wraps ? 0 : next;
      const move = wraps ? 1 - next : 1;
      for (let k = 0; k < starts.length; k++) {
        starts[k] = starts[k]! + move * (strides[k] as number[])[axis]!;
      }
      if (!wraps) break;
    }
    if (axis < 0) return;
  }
}
