import { AssemblyError } from "../assembly-error.ts";
import { Expr, operandOf, usesMemory } from "../expr.ts";
import type { Operand } from "../expr.ts";
import { accessCode } from "./memory-access.ts";
import { opcodeBytes } from "./op-table.ts";

/** Where an atomic instruction works, relative to its address; it must be naturally aligned. */
export interface AtomicOptions {
  /** Bytes added to the address. Default 0. */
  readonly offset?: number;
}

/** Reads, changes and writes one cell; gives the value before. */
export type ReadModifyWrite<T extends "i32" | "i64"> = (
  address: Operand<"i32">,
  value: Operand<T>,
  options?: AtomicOptions,
) => Expr<T>;

/** The atomic instructions of one integer type. */
export interface AtomicOps<T extends "i32" | "i64"> {
  /** Reads. */
  readonly load: (address: Operand<"i32">, options?: AtomicOptions) => Expr<T>;
  /** Adds and gives what was there. */
  readonly add: ReadModifyWrite<T>;
  /** Subtracts and gives what was there. */
  readonly sub: ReadModifyWrite<T>;
  /** Keeps common bits and gives what was there. */
  readonly and: ReadModifyWrite<T>;
  /** Sets bits and gives what was there. */
  readonly or: ReadModifyWrite<T>;
  /** Flips bits and gives what was there. */
  readonly xor: ReadModifyWrite<T>;
  /** Writes and gives what was there. */
  readonly exchange: ReadModifyWrite<T>;
  /** Writes `replacement` if the cell holds `expected`; gives the value before. */
  readonly compareExchange: (
    address: Operand<"i32">,
    expected: Operand<T>,
    replacement: Operand<T>,
    options?: AtomicOptions,
  ) => Expr<T>;
  /**
   * Sleeps while the cell holds `expected`, up to `timeout` nanoseconds (negative: for ever).
   * Gives 0 when woken, 1 when the value differed, 2 on timeout. Traps where blocking is not allowed.
   */
  readonly wait: (
    address: Operand<"i32">,
    expected: Operand<T>,
    timeout: Operand<"i64">,
    options?: AtomicOptions,
  ) => Expr<"i32">;
}

interface AtomicOpcodes {
  readonly load: number;
  /** The opcode of `add`; the other read-modify-write families follow in steps of seven. */
  readonly add: number;
  readonly wait: number;
}

function immediates(where: string, opcode: number, size: number, options: AtomicOptions = {}): number[] {
  if ("align" in options) throw new AssemblyError(`${where}: expected no align, atomics are always aligned.`);
  return accessCode(where, opcodeBytes(opcode, 0xfe), size, options);
}

function defineAtomics<T extends "i32" | "i64">(type: T, size: number, opcodes: AtomicOpcodes): AtomicOps<T> {
  const rmw = (name: string, opcode: number): ReadModifyWrite<T> => {
    const where = `${type}.atomic.${name}`;
    return (address, value, options) => {
      const operands = [operandOf(where, "i32", address), operandOf(where, type, value)];
      return new Expr(type, operands, immediates(where, opcode, size, options), usesMemory);
    };
  };
  return {
    load: (address, options) => {
      const where = `${type}.atomic.load`;
      const operands = [operandOf(where, "i32", address)];
      return new Expr(type, operands, immediates(where, opcodes.load, size, options), usesMemory);
    },
    add: rmw("add", opcodes.add),
    sub: rmw("sub", opcodes.add + 7),
    and: rmw("and", opcodes.add + 14),
    or: rmw("or", opcodes.add + 21),
    xor: rmw("xor", opcodes.add + 28),
    exchange: rmw("exchange", opcodes.add + 35),
    compareExchange: (address, expected, replacement, options) => {
      const where = `${type}.atomic.compareExchange`;
      const values = [operandOf(where, type, expected), operandOf(where, type, replacement)];
      const code = immediates(where, opcodes.add + 42, size, options);
      return new Expr(type, [operandOf(where, "i32", address), ...values], code, usesMemory);
    },
    wait: (address, expected, timeout, options) => {
      const where = `${type}.atomic.wait`;
      const operands = [
        operandOf(where, "i32", address),
        operandOf(where, type, expected),
        operandOf(where, "i64", timeout),
      ];
      return new Expr("i32", operands, immediates(where, opcodes.wait, size, options), usesMemory);
    },
  };
}

/** Atomic instructions on 32-bit cells. */
export const atomicI32: AtomicOps<"i32"> = defineAtomics("i32", 4, { load: 0x10, add: 0x1e, wait: 0x01 });

/** Atomic instructions on 64-bit cells. */
export const atomicI64: AtomicOps<"i64"> = defineAtomics("i64", 8, { load: 0x11, add: 0x1f, wait: 0x02 });

/** Wakes up to `count` threads that wait at an address; gives how many. */
export function atomicNotify(address: Operand<"i32">, count: Operand<"i32">, options?: AtomicOptions): Expr<"i32"> {
  const where = "atomicNotify";
  const operands = [operandOf(where, "i32", address), operandOf(where, "i32", count)];
  return new Expr("i32", operands, immediates(where, 0, 4, options), usesMemory);
}
