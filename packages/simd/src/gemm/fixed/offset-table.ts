import type { Expr } from "../../assembler/expr.ts";
import type { FunctionBuilder } from "../../assembler/function-builder.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import { i32x4 } from "../../assembler/ops/integer-vector.ts";
import type { Axis } from "./affine-axis.ts";

/** Bytes of the table of an axis of some length: whole vectors, so that the last may be written in full. */
export function offsetTableBytes(length: number): number {
  return 4 * length + 16;
}

/** Emits loops that write the byte offset of every index of an axis, in order, as 32-bit integers. */
export function emitOffsetTable(f: FunctionBuilder, axis: Axis, elementBytes: number, address: Expr<"i32">): void {
  const entry = f.let(address);
  const lanes = [0, 1, 2, 3];
  const digit = (position: number, outer: Expr<"i32">): void => {
    const { size, stride } = axis[position]!;
    const step = stride * elementBytes;
    if (position < axis.length - 1) {
      const offset = f.let(outer);
      f.for({ to: size }, () => {
        digit(position + 1, offset);
        f.set(offset, i32.add(offset, step));
      });
      return;
    }
    // Whole vectors; what the last writes beyond the digit is overwritten by the next.
    const vector = f.let(i32x4.add(i32x4.splat(outer), i32x4.const(lanes.map((lane) => lane * step))));
    f.for({ to: size, step: 4 }, (index) => {
      f.store("v128", i32.add(entry, i32.shl(index, 2)), vector, { align: 4 });
      f.set(vector, i32x4.add(vector, i32x4.const(4 * step)));
    });
    f.set(entry, i32.add(entry, 4 * size));
  };
  digit(0, i32.const(0));
}
