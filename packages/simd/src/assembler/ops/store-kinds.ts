import type { ValueType } from "../value-type.ts";
import { opcodeBytes } from "./op-table.ts";
import type { Opcode } from "./op-table.ts";

/** The store instructions: the type of the value, the opcode and the bytes written. */
interface StoreKindRow {
  readonly type: ValueType;
  readonly opcode: Opcode;
  readonly size: number;
}

const plain = {
  i32: { type: "i32", opcode: [0x36], size: 4 },
  "i32.8": { type: "i32", opcode: [0x3a], size: 1 },
  "i32.16": { type: "i32", opcode: [0x3b], size: 2 },
  i64: { type: "i64", opcode: [0x37], size: 8 },
  "i64.8": { type: "i64", opcode: [0x3c], size: 1 },
  "i64.16": { type: "i64", opcode: [0x3d], size: 2 },
  "i64.32": { type: "i64", opcode: [0x3e], size: 4 },
  f32: { type: "f32", opcode: [0x38], size: 4 },
  f64: { type: "f64", opcode: [0x39], size: 8 },
} as const;

const atomic = {
  i32: { type: "i32", opcode: 0x17, size: 4 },
  i64: { type: "i64", opcode: 0x18, size: 8 },
  "i32.8": { type: "i32", opcode: 0x19, size: 1 },
  "i32.16": { type: "i32", opcode: 0x1a, size: 2 },
  "i64.8": { type: "i64", opcode: 0x1b, size: 1 },
  "i64.16": { type: "i64", opcode: 0x1c, size: 2 },
  "i64.32": { type: "i64", opcode: 0x1d, size: 4 },
} as const;

/** What a store writes: a whole value, or its low 8, 16 or 32 bits. */
export type StoreKind = keyof typeof plain | "v128";

/** What an atomic store writes. */
export type AtomicStoreKind = keyof typeof atomic;

/** The type of the value that a store takes. */
export type StoredType<K extends StoreKind> = K extends keyof typeof plain ? (typeof plain)[K]["type"] : "v128";

const vector: StoreKindRow = { type: "v128", opcode: opcodeBytes(11, 0xfd), size: 16 };
const laneStores = {
  8: opcodeBytes(88, 0xfd),
  16: opcodeBytes(89, 0xfd),
  32: opcodeBytes(90, 0xfd),
  64: opcodeBytes(91, 0xfd),
} as const;

/** The row of a plain store. */
export function storeKind(kind: StoreKind): StoreKindRow {
  return kind === "v128" ? vector : plain[kind];
}

/** The row of an atomic store. */
export function atomicStoreKind(kind: AtomicStoreKind): StoreKindRow {
  const { type, opcode, size } = atomic[kind];
  return { type, opcode: opcodeBytes(opcode, 0xfe), size };
}

/** The opcode of the instruction that stores one lane of `bits` bits. */
export function storeLaneOpcode(bits: 8 | 16 | 32 | 64): Opcode {
  return laneStores[bits];
}
