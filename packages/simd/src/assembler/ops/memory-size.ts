import { Expr, none, operandOf, usesMemory } from "../expr.ts";
import type { Operand } from "../expr.ts";

/** The size of the memory in pages of 64 KiB. */
export function memorySize(): Expr<"i32"> {
  return new Expr("i32", none, [0x3f, 0], usesMemory);
}

/** Grows the memory by `pages`; gives the size before, or -1 if it could not grow. */
export function memoryGrow(pages: Operand<"i32">): Expr<"i32"> {
  return new Expr("i32", [operandOf("memoryGrow", "i32", pages)], [0x40, 0], usesMemory);
}
