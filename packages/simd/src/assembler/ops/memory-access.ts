import { AssemblyError } from "../assembly-error.ts";
import { unsignedLeb128 } from "../encoding/leb128.ts";
import { Expr, operandOf, usesMemory } from "../expr.ts";
import type { Operand } from "../expr.ts";
import type { ValueType } from "../value-type.ts";
import { opcodeBytes } from "./op-table.ts";
import type { Opcode, Prefix } from "./op-table.ts";

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

/** The bytes of a memory instruction: its opcode with the immediates of alignment and offset, and what follows. */
export function accessCode(
  where: string,
  opcode: Opcode,
  size: number,
  options: AccessOptions | undefined,
  lane?: number,
): number[] {
  const offset = options?.offset ?? 0;
  const align = options?.align ?? size;
  if (!Number.isInteger(offset) || offset < 0 || offset >= 2 ** 32) {
    throw new AssemblyError(`${where}: expected an offset in [0, 2^32), got ${offset}.`);
  }
  const exponent = 31 - Math.clz32(align);
  if (align !== 2 ** exponent || align > size) {
    throw new AssemblyError(`${where}: expected an alignment that is a power of two up to ${size}, got ${align}.`);
  }
  const code = [...opcode, exponent];
  if (offset < 0x80) code.push(offset);
  else code.push(...unsignedLeb128(offset));
  if (lane !== undefined) code.push(lane);
  return code;
}

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
      const bytes = accessCode(where, opcode, size, options);
      return new Expr(result, [operandOf(where, "i32", address)], bytes, usesMemory);
    };
    return [name, load];
  });
  return Object.fromEntries(rows) as { readonly [Name in keyof Table]: Load<T> };
}
