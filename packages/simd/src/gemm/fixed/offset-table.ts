import type { Expr } from "../../assembler/expr.ts";
import type { FunctionBuilder } from "../../assembler/function-builder.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import type { Axis } from "./affine-axis.ts";

/** Emits loops that write the byte offset of every index of an axis, in order, as 32-bit integers. */
export function emitOffsetTable(f: FunctionBuilder, axis: Axis, elementBytes: number, address: Expr<"i32">): void {
  const entry = f.let(address);
  const digit = (position: number, outer: Expr<"i32">): void => {
    const { size, stride } = axis[position] as Axis[number];
    const offset = f.let(outer);
    f.for({ to: size }, () => {
      if (position < axis.length - 1) digit(position + 1, offset);
      else {
        f.store("i32", entry, offset);
        f.set(entry, i32.add(entry, 4));
      }
      f.set(offset, i32.add(offset, stride * elementBytes));
    });
  };
  digit(0, i32.const(0));
}
