import { AssemblyError } from "../assembly-error.ts";
import { Expr, none } from "../expr.ts";
import { defineLaneOps } from "./lanes.ts";
import type { LaneOps } from "./lanes.ts";
import { defineOps, opcodeBytes } from "./op-table.ts";
import type { Ops } from "./op-table.ts";
import { vectorConstant } from "./vector-constant.ts";

const shifts = { shl: 171, shrS: 172, shrU: 173 } as const;
const i64x2Shifts = { shl: 203, shrS: 204, shrU: 205 } as const;
const tests = { allTrue: 163, bitmask: 164 } as const;
const i64x2Tests = { allTrue: 195, bitmask: 196 } as const;
const ternary = { relaxedLaneselect: 0x10b } as const;
const i64x2Ternary = { relaxedLaneselect: 0x10c } as const;
const i32x4Unary = {
  extaddPairwiseI16x8S: 126,
  extaddPairwiseI16x8U: 127,
  extendLowI16x8S: 167,
  extendHighI16x8S: 168,
  extendLowI16x8U: 169,
  extendHighI16x8U: 170,
  relaxedTruncF32x4S: 0x101,
  relaxedTruncF32x4U: 0x102,
  relaxedTruncF64x2SZero: 0x103,
  relaxedTruncF64x2UZero: 0x104,
  abs: 160,
  neg: 161,
  truncSatF32x4S: 248,
  truncSatF32x4U: 249,
  truncSatF64x2SZero: 252,
  truncSatF64x2UZero: 253,
} as const;
const i64x2Unary = {
  abs: 192,
  neg: 193,
  extendLowI32x4S: 199,
  extendHighI32x4S: 200,
  extendLowI32x4U: 201,
  extendHighI32x4U: 202,
} as const;
const i32x4Binary = {
  eq: 55,
  ne: 56,
  ltS: 57,
  ltU: 58,
  gtS: 59,
  gtU: 60,
  leS: 61,
  leU: 62,
  geS: 63,
  geU: 64,
  add: 174,
  sub: 177,
  mul: 181,
  minS: 182,
  minU: 183,
  maxS: 184,
  maxU: 185,
  dotI16x8S: 186,
  extmulLowI16x8S: 188,
  extmulHighI16x8S: 189,
  extmulLowI16x8U: 190,
  extmulHighI16x8U: 191,
} as const;
const i64x2Binary = {
  add: 206,
  sub: 209,
  mul: 213,
  eq: 214,
  ne: 215,
  ltS: 216,
  gtS: 217,
  leS: 218,
  geS: 219,
  extmulLowI32x4S: 220,
  extmulHighI32x4S: 221,
  extmulLowI32x4U: 222,
  extmulHighI32x4U: 223,
} as const;

/** The instructions that 32-bit and 64-bit integer vectors share; a lane's constant is a `C`. */
export type IntegerVectorOps<Scalar extends "i32" | "i64", C> = LaneOps<Scalar> &
  Ops<typeof tests, ["v128"], "i32"> &
  Ops<typeof shifts, ["v128", "i32"], "v128"> &
  Ops<typeof ternary, ["v128", "v128", "v128"], "v128"> & {
    /** A constant vector: one number for all lanes, or one for each. */
    readonly const: (lanes: C | readonly C[]) => Expr<"v128">;
  };

function int32Bytes(value: number): number[] {
  if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) {
    throw new AssemblyError(`i32x4.const: expected integers in [-2^31, 2^32), got ${value}.`);
  }
  return [value, value >> 8, value >> 16, value >> 24].map((byte) => byte & 0xff);
}

function int64Constant(lanes: bigint | readonly bigint[]): Expr<"v128"> {
  const values = typeof lanes === "bigint" ? [lanes, lanes] : lanes;
  if (values.length !== 2) throw new AssemblyError(`i64x2.const: expected 2 lanes, got ${values.length}.`);
  const bytes = new Uint8Array(BigInt64Array.from(values).buffer);
  return new Expr("v128", none, [...opcodeBytes(12, 0xfd), ...bytes]);
}

/** The instructions on four 32-bit integer lanes. */
export const i32x4: IntegerVectorOps<"i32", number> &
  Ops<typeof i32x4Unary, ["v128"], "v128"> &
  Ops<typeof i32x4Binary, ["v128", "v128"], "v128"> = {
  const: (lanes) => vectorConstant("i32x4", lanes, 4, int32Bytes),
  ...defineLaneOps("i32x4", "i32", 4, { splat: 17, extractLane: 27, replaceLane: 28 }),
  ...defineOps("i32x4", tests, ["v128"], "i32", 0xfd),
  ...defineOps("i32x4", shifts, ["v128", "i32"], "v128", 0xfd),
  ...defineOps("i32x4", ternary, ["v128", "v128", "v128"], "v128", 0xfd),
  ...defineOps("i32x4", i32x4Unary, ["v128"], "v128", 0xfd),
  ...defineOps("i32x4", i32x4Binary, ["v128", "v128"], "v128", 0xfd),
};

/** The instructions on two 64-bit integer lanes; `extmul` multiplies 32-bit lanes into 64-bit products. */
export const i64x2: IntegerVectorOps<"i64", bigint> &
  Ops<typeof i64x2Unary, ["v128"], "v128"> &
  Ops<typeof i64x2Binary, ["v128", "v128"], "v128"> = {
  const: int64Constant,
  ...defineLaneOps("i64x2", "i64", 2, { splat: 18, extractLane: 29, replaceLane: 30 }),
  ...defineOps("i64x2", i64x2Tests, ["v128"], "i32", 0xfd),
  ...defineOps("i64x2", i64x2Shifts, ["v128", "i32"], "v128", 0xfd),
  ...defineOps("i64x2", i64x2Ternary, ["v128", "v128", "v128"], "v128", 0xfd),
  ...defineOps("i64x2", i64x2Unary, ["v128"], "v128", 0xfd),
  ...defineOps("i64x2", i64x2Binary, ["v128", "v128"], "v128", 0xfd),
};
