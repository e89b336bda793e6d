import { AssemblyError } from "../assembly-error.ts";
import { Expr, operandOf } from "../expr.ts";
import { defineLaneOps, laneIndex } from "./lanes.ts";
import type { LaneOps } from "./lanes.ts";
import { defineOps, opcodeBytes } from "./op-table.ts";
import type { Ops } from "./op-table.ts";
import { vectorConstant } from "./vector-constant.ts";

const i8x16Tests = { allTrue: 99, bitmask: 100 } as const;
const i16x8Tests = { allTrue: 131, bitmask: 132 } as const;
const i8x16Shifts = { shl: 107, shrS: 108, shrU: 109 } as const;
const i16x8Shifts = { shl: 139, shrS: 140, shrU: 141 } as const;
const i8x16Unary = { abs: 96, neg: 97, popcnt: 98 } as const;
const i16x8Unary = {
  extaddPairwiseI8x16S: 124,
  extaddPairwiseI8x16U: 125,
  abs: 128,
  neg: 129,
  extendLowI8x16S: 135,
  extendHighI8x16S: 136,
  extendLowI8x16U: 137,
  extendHighI8x16U: 138,
} as const;
const i8x16Binary = {
  swizzle: 14,
  eq: 35,
  ne: 36,
  ltS: 37,
  ltU: 38,
  gtS: 39,
  gtU: 40,
  leS: 41,
  leU: 42,
  geS: 43,
  geU: 44,
  narrowI16x8S: 101,
  narrowI16x8U: 102,
  add: 110,
  addSatS: 111,
  addSatU: 112,
  sub: 113,
  subSatS: 114,
  subSatU: 115,
  minS: 118,
  minU: 119,
  maxS: 120,
  maxU: 121,
  avgrU: 123,
  relaxedSwizzle: 0x100,
} as const;
const i16x8Binary = {
  eq: 45,
  ne: 46,
  ltS: 47,
  ltU: 48,
  gtS: 49,
  gtU: 50,
  leS: 51,
  leU: 52,
  geS: 53,
  geU: 54,
  q15mulrSatS: 130,
  narrowI32x4S: 133,
  narrowI32x4U: 134,
  add: 142,
  addSatS: 143,
  addSatU: 144,
  sub: 145,
  subSatS: 146,
  subSatU: 147,
  mul: 149,
  minS: 150,
  minU: 151,
  maxS: 152,
  maxU: 153,
  avgrU: 155,
  extmulLowI8x16S: 156,
  extmulHighI8x16S: 157,
  extmulLowI8x16U: 158,
  extmulHighI8x16U: 159,
} as const;
const i8x16Ternary = { relaxedLaneselect: 0x109 } as const;
const i16x8Ternary = { relaxedLaneselect: 0x10a } as const;

/** The instructions that 8-bit and 16-bit integer vectors share. */
export type NarrowVectorOps = Omit<LaneOps<"i32">, "extractLane"> &
  Ops<typeof i8x16Tests, ["v128"], "i32"> &
  Ops<typeof i8x16Shifts, ["v128", "i32"], "v128"> &
  Ops<typeof i8x16Ternary, ["v128", "v128", "v128"], "v128"> & {
    /** A constant vector: one number for all lanes, or one for each. */
    readonly const: (lanes: number | readonly number[]) => Expr<"v128">;
    /** Lane number `lane`, sign-extended. */
    readonly extractLaneS: (vector: Expr<"v128">, lane: number) => Expr<"i32">;
    /** Lane number `lane`, zero-extended. */
    readonly extractLaneU: (vector: Expr<"v128">, lane: number) => Expr<"i32">;
  };

function laneBytes(shape: string, size: number): (value: number) => number[] {
  const span = 2 ** (8 * size);
  return (value) => {
    if (!Number.isInteger(value) || value < -span / 2 || value >= span) {
      throw new AssemblyError(`${shape}.const: expected integers in [${-span / 2}, ${span}), got ${value}.`);
    }
    return Array.from({ length: size }, (_, i) => (value >> (8 * i)) & 0xff);
  };
}

function extractLane(
  where: string,
  opcode: number,
  count: number,
): (vector: Expr<"v128">, lane: number) => Expr<"i32"> {
  return (vector, lane) => {
    const operand = operandOf(where, "v128", vector);
    return new Expr("i32", [operand], [...opcodeBytes(opcode, 0xfd), laneIndex(where, lane, count)]);
  };
}

function narrowLaneOps(
  shape: "i8x16" | "i16x8",
  opcodes: { readonly splat: number; readonly extractLaneS: number; readonly replaceLane: number },
): Omit<LaneOps<"i32">, "extractLane"> & Pick<NarrowVectorOps, "const" | "extractLaneS" | "extractLaneU"> {
  const count = shape === "i8x16" ? 16 : 8;
  const { splat, replaceLane, shuffle } = defineLaneOps(shape, "i32", count, { ...opcodes, extractLane: 0 });
  return {
    const: (lanes) => vectorConstant(shape, lanes, count, laneBytes(shape, 16 / count)),
    splat,
    replaceLane,
    shuffle,
    extractLaneS: extractLane(`${shape}.extractLaneS`, opcodes.extractLaneS, count),
    extractLaneU: extractLane(`${shape}.extractLaneU`, opcodes.extractLaneS + 1, count),
  };
}

/** The instructions on sixteen 8-bit integer lanes. */
export const i8x16: NarrowVectorOps &
  Ops<typeof i8x16Unary, ["v128"], "v128"> &
  Ops<typeof i8x16Binary, ["v128", "v128"], "v128"> = {
  ...narrowLaneOps("i8x16", { splat: 15, extractLaneS: 21, replaceLane: 23 }),
  ...defineOps("i8x16", i8x16Tests, ["v128"], "i32", 0xfd),
  ...defineOps("i8x16", i8x16Shifts, ["v128", "i32"], "v128", 0xfd),
  ...defineOps("i8x16", i8x16Unary, ["v128"], "v128", 0xfd),
  ...defineOps("i8x16", i8x16Binary, ["v128", "v128"], "v128", 0xfd),
  ...defineOps("i8x16", i8x16Ternary, ["v128", "v128", "v128"], "v128", 0xfd),
};

/** The instructions on eight 16-bit integer lanes. */
export const i16x8: NarrowVectorOps &
  Ops<typeof i16x8Unary, ["v128"], "v128"> &
  Ops<typeof i16x8Binary, ["v128", "v128"], "v128"> = {
  ...narrowLaneOps("i16x8", { splat: 16, extractLaneS: 24, replaceLane: 26 }),
  ...defineOps("i16x8", i16x8Tests, ["v128"], "i32", 0xfd),
  ...defineOps("i16x8", i16x8Shifts, ["v128", "i32"], "v128", 0xfd),
  ...defineOps("i16x8", i16x8Unary, ["v128"], "v128", 0xfd),
  ...defineOps("i16x8", i16x8Binary, ["v128", "v128"], "v128", 0xfd),
  ...defineOps("i16x8", i16x8Ternary, ["v128", "v128", "v128"], "v128", 0xfd),
};
