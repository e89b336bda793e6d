import { AssemblyError } from "../assembly-error.ts";
import { instructionBytes } from "../encoding/instruction-bytes.ts";
import { unsignedLeb128 } from "../encoding/leb128.ts";
import { Expr, operandOf } from "../expr.ts";
import type { Operand } from "../expr.ts";
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
  for (const name in args) {
    if (!(name in params)) throw new AssemblyError(`call ${callee.name}: expected no argument named ${name}.`);
  }
  const operands: Expr[] = [];
  for (const name in params) {
    const type = params[name] as P[typeof name];
    const argument = args[name];
    if (argument instanceof Expr && argument.type === type) {
      operands.push(argument);
      continue;
    }
    const where = `call ${callee.name}`;
    if (argument === undefined) throw new AssemblyError(`${where}: expected an argument ${name}, got none.`);
    operands.push(operandOf(`${where}, argument ${name}`, type, argument));
  }
  return new Expr(result, operands, instructionBytes(0x10, unsignedLeb128(callee.index)), { scope: callee.module });
}
