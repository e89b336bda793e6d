import type { DType } from "@tapegrad/tensor";
import { broadcastShapes, sizeOf } from "@tapegrad/tensor/internal";
import type { Known, ProgramBuilder } from "./builder.ts";

/** Adds a step to a program. */
export type Rule = (b: ProgramBuilder) => void;

/** The lowest and the highest element that there may be. */
export type Range = readonly [number, number];

/** The largest magnitude of an element. */
export const most: (x: Known) => number = ({ low, high }) => Math.max(Math.abs(low), Math.abs(high));

/** A bool. */
export function bool(b: ProgramBuilder): Known {
  return b.value(
    ({ dtype }) => dtype === "bool",
    () => b.fresh(b.shape(), "bool"),
  );
}

/** A bool as a number, as arithmetic takes it: int32, or of the dtype of the floats that it meets. */
export function counted(b: ProgramBuilder, x: Known, dtype: DType): Known {
  return b.emit("cast", [x], { dtype }, [x.low, x.high]);
}

/** A value that broadcasts against another: an earlier one, or a new one with some axes of extent 1 or missing. */
export function partner(b: ProgramBuilder, x: Known, low: number, high: number): Known {
  const found = b.value(
    (value) => value !== x && value.dtype === x.dtype && broadcasts(value, x),
    () => b.fresh(narrowed(b, x.shape), x.dtype),
  );
  const chosen = b.pick(4) === 3 ? b.fresh(narrowed(b, x.shape), x.dtype) : found;
  return x.dtype === "int32" || x.dtype === "bool" ? chosen : b.within(chosen, low, high);
}

/** A shape that broadcasts to the given one. */
export function narrowed(b: ProgramBuilder, shape: readonly number[]): number[] {
  const kept = b.pick(4) === 3 ? shape.slice(b.pick(shape.length + 1)) : shape;
  return kept.map((extent) => (b.pick(3) === 2 ? 1 : extent));
}

/** Whether two values broadcast, to few elements. */
export function broadcasts(x: Known, y: Known): boolean {
  try {
    return sizeOf(broadcastShapes("fuzz", x.shape, y.shape)) <= 2000;
  } catch {
    return false;
  }
}
