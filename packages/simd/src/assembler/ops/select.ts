import { AssemblyError } from "../assembly-error.ts";
import { Expr, operandOf } from "../expr.ts";
import type { Operand } from "../expr.ts";
import type { ValueType } from "../value-type.ts";

const opcode = [0x1b];

/** `a` where `condition` is not zero, else `b`; both are evaluated. */
export function select<T extends ValueType>(condition: Operand<"i32">, a: Expr<T>, b: Expr<T>): Expr<T> {
  if (a.type !== b.type) {
    throw new AssemblyError(`select: expected two operands of one type, got ${a.type} and ${b.type}.`);
  }
  return new Expr(a.type, [a, b, operandOf("select", "i32", condition)], opcode);
}
