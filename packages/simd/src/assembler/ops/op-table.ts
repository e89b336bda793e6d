import { unsignedLeb128 } from "../encoding/leb128.ts";
import { Expr, operandOf } from "../expr.ts";
import type { Operand, Part } from "../expr.ts";
import type { ValueType } from "../value-type.ts";

/** An instruction with no immediates: its opcode bytes. */
export type Opcode = readonly number[];

/** Instruction tables map a name to a one-byte opcode, or to the number behind a prefix byte. */
export type OpTable = Readonly<Record<string, number>>;

/** The prefix bytes of the instruction families. */
export type Prefix = 0xfc | 0xfd | 0xfe;

/** One function per row of a table, each taking operands of the types `A` and giving a value of type `R`. */
export type Ops<Table extends OpTable, A extends readonly ValueType[], R extends ValueType> = {
  readonly [Name in keyof Table]: (...operands: { readonly [I in keyof A]: Operand<A[I]> }) => Expr<R>;
};

/** The bytes of an opcode behind an optional prefix. */
export function opcodeBytes(opcode: number, prefix?: Prefix): Opcode {
  return prefix === undefined ? [opcode] : [prefix, ...unsignedLeb128(opcode)];
}

/** Builds the code of one instruction after checking its operands. */
export function instruction<R extends ValueType>(
  where: string,
  result: R,
  opcode: Opcode,
  types: readonly ValueType[],
  operands: readonly Operand<ValueType>[],
): Expr<R> {
  const parts: Part[] = types.map((type, i) => operandOf(where, type, operands[i]!));
  parts.push(...opcode);
  return new Expr(result, parts);
}

/** Turns a table of opcodes that share operand and result types into functions. */
export function defineOps<const Table extends OpTable, const A extends readonly ValueType[], R extends ValueType>(
  family: string,
  table: Table,
  types: A,
  result: R,
  prefix?: Prefix,
): Ops<Table, A, R> {
  const rows = Object.entries(table).map(([name, code]) => {
    const opcode = opcodeBytes(code, prefix);
    const where = `${family}.${name}`;
    return [name, (...operands: Operand<ValueType>[]) => instruction(where, result, opcode, types, operands)];
  });
  return Object.fromEntries(rows) as Ops<Table, A, R>;
}
