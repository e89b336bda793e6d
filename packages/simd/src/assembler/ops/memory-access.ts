import { AssemblyError } from "../assembly-error.ts";
import { unsignedLeb128 } from "../encoding/leb128.ts";
import { Expr, operandOf } from "../expr.ts";
import type { ExprNeeds, Operand } from "../expr.ts";
import type { ValueType } from "../value-type.ts";
import { opcodeBytes } from "./op-table.ts";
import type { Prefix } from "./op-table.ts";

/** Where, relative to its address operand, an instruction reads or writes. */
export interface AccessOptions {
  /** Bytes added to the address: an integer in [0, 2^32). Default 0. */
  readonly offset?: number;
  /** Promised alignment in bytes, a power of two up to the access size; a hint. Default: the access size. */
  readonly align?: number;
}

/** Reads memory at an address. */
export type Load<T extends ValueType> = (address: Operand<"i32">, options?: AccessOptions) => Expr<T>;

/** A memory instruction: its opcode and how many bytes it touches. */
export type Access = readonly [opcode: number, size: number];

/** The alignment and offset immediates of a memory instruction. */
export function accessImmediates(where: string, size: number, options: AccessOptions = {}): number[] {
  const { offset = 0, align = size } = options;
  if (!Number.isInteger(offset) || offset < 0 || offset >= 2 ** 32) {
    throw new AssemblyError(`${where}: expected an offset in [0, 2^32), got ${offset}.`);
  }
  const exponent = Math.log2(align);
  if (!Number.isInteger(exponent) || align > size) {
    throw new AssemblyError(`${where}: expected an alignment that is a power of two up to ${size}, got ${align}.`);
  }
  return [...unsignedLeb128(exponent), ...unsignedLeb128(offset)];
}

const usesMemory: ExprNeeds = { memory: true };

/** Turns a table of load instructions of one result type into functions. */
export function defineLoads<const Table extends Readonly<Record<string, Access>>, T extends ValueType>(
  family: string,
  table: Table,
  result: T,
  prefix?: Prefix,
): { readonly [Name in keyof Table]: Load<T> } {
  const rows = Object.entries(table).map(([name, [code, size]]) => {
    const where = `${family}.${name}`;
    const opcode = opcodeBytes(code, prefix);
    const load: Load<T> = (address, options) => {
      const immediates = accessImmediates(where, size, options);
      return new Expr(result, [operandOf(where, "i32", address), ...opcode, ...immediates], usesMemory);
    };
    return [name, load];
  });
  return Object.fromEntries(rows) as { readonly [Name in keyof Table]: Load<T> };
}
