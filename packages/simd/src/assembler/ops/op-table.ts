import { unsignedLeb128 } from "../encoding/leb128.ts";
import { Expr, operandOf } from "../expr.ts";
import type { Operand } from "../expr.ts";
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

/** The function that builds the code of one instruction after checking its operands. */
function instruction(
  where: string,
  result: ValueType,
  opcode: Opcode,
  [first, second, third]: readonly ValueType[],
): (...operands: Operand<ValueType>[]) => Expr {
  type X = Operand<ValueType>;
  if (second === undefined) return (a: X) => new Expr(result, [operandOf(where, first!, a)], opcode);
  if (third === undefined) {
    return (a: X, b: X) => {
      // Most operands are code of the right type already.
      const x = a instanceof Expr && a.type === first ? a : operandOf(where, first!, a);
      const y = b instanceof Expr && b.type === second ? b : operandOf(where, second, b);
      return new Expr(result, [x, y], opcode);
    };
  }
  return (a: X, b: X, c: X) => {
    const operands = [operandOf(where, first!, a), operandOf(where, second, b), operandOf(where, third, c)];
    return new Expr(result, operands, opcode);
  };
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
    return [name, instruction(`${family}.${name}`, result, opcodeBytes(code, prefix), types)];
  });
  return Object.fromEntries(rows) as Ops<Table, A, R>;
}
