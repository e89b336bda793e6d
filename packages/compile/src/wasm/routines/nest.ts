import { type Expr, type FunctionBuilder, i32, type Local, type Operand } from "@tapegrad/simd";

/** An address that moves with loops. */
export interface Walker {
  readonly address: Local<"i32">;
  /** Bytes per step of each loop. */
  readonly strides: readonly number[];
}

/** The first loop runs over these indices only. */
export interface LoopRange {
  readonly from: Operand<"i32">;
  readonly to: Operand<"i32">;
}

/**
 * Runs `body` at every position of a box, the last axis fastest. Addresses move along and are back where they were
 * in the end; `body` must leave them as they are.
 */
export function emitNest(
  f: FunctionBuilder<"void">,
  extents: readonly number[],
  walkers: readonly Walker[],
  body: () => void,
  range?: LoopRange,
): void {
  if (extents.includes(0)) return;
  const move = (axis: number, by: (stride: number) => Operand<"i32"> | undefined): void => {
    for (const { address, strides } of walkers) {
      const distance = by(strides[axis]!);
      if (distance !== undefined) f.set(address, i32.add(address, distance));
    }
  };
  const level = (axis: number): void => {
    const extent = extents[axis];
    if (extent === undefined) {
      body();
      return;
    }
    if (extent === 1 && (axis > 0 || range === undefined)) {
      level(axis + 1);
      return;
    }
    const { from, to } = axis === 0 && range !== undefined ? range : { from: 0, to: extent };
    const isPart = !(from === 0 && to === extent);
    if (isPart) move(axis, (stride) => (stride === 0 ? undefined : i32.mul(from, stride)));
    f.for({ from, to }, () => {
      level(axis + 1);
      move(axis, (stride) => (stride === 0 ? undefined : stride));
    });
    move(axis, (stride) =>
      stride === 0 ? undefined : isPart ? i32.mul(end(from, to), -stride) : (-extent * stride) | 0,
    );
  };
  level(0);
}

/** Where a loop ends that may not have run at all. */
function end(from: Operand<"i32">, to: Operand<"i32">): Expr<"i32"> {
  const [start, stop] = [i32.add(from, 0), i32.add(to, 0)];
  return i32.add(start, i32.mul(i32.gtS(stop, start), i32.sub(stop, start)));
}

/** Drops axes of one position and joins neighbours that all strides walk through as one. */
export function joinAxes(
  extents: readonly number[],
  strides: readonly (readonly number[])[],
): { extents: number[]; strides: number[][] } {
  const joined: { extents: number[]; strides: number[][] } = { extents: [], strides: strides.map(() => []) };
  extents.forEach((extent, axis) => {
    if (extent === 1) return;
    const last = joined.extents.length - 1;
    const joins = last >= 0 && strides.every((s, k) => joined.strides[k]?.[last] === s[axis]! * extent);
    if (joins) joined.extents[last] = joined.extents[last]! * extent;
    else joined.extents.push(extent);
    strides.forEach((s, k) => (joined.strides[k]![joins ? last : last + 1] = s[axis]!));
  });
  return joined;
}
