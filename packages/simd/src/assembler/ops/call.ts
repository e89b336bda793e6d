import { AssemblyError } from "../assembly-error.ts";
import { unsignedLeb128 } from "../encoding/leb128.ts";
import { Expr, operandOf } from "../expr.ts";
import type { Operand, Part } from "../expr.ts";
import type { FunctionRef, ParamTypes } from "../function-ref.ts";
import type { ResultType } from "../value-type.ts";

/** The arguments of a call, by parameter name. */
export type Arguments<P extends ParamTypes> = { readonly [Name in keyof P]: Operand<P[Name]> };

/** The code of a call; arguments are evaluated in the order of the parameters. */
export function call<P extends ParamTypes, R extends ResultType>(
  callee: FunctionRef<P, R>,
  args: Arguments<P>,
): Expr<R> {
  const { params, result } = callee.signature;
  const where = `call ${callee.name}`;
  for (const name in args) {
    if (!(name in params)) throw new AssemblyError(`${where}: expected no argument named ${name}.`);
  }
  const parts: Part[] = [];
  for (const name in params) {
    if (args[name] === undefined) throw new AssemblyError(`${where}: expected an argument ${name}, got none.`);
    parts.push(operandOf(`${where}, argument ${name}`, params[name] as P[typeof name], args[name]));
  }
  parts.push(0x10, ...unsignedLeb128(callee.index));
  return new Expr(result, parts, { scope: callee.module });
}
