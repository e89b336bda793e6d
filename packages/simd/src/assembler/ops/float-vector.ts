import type { Expr, Operand } from "../expr.ts";
import { float32Bytes, float64Bytes } from "../encoding/float-bytes.ts";
import { defineLaneOps } from "./lanes.ts";
import type { LaneOps } from "./lanes.ts";
import { defineOps } from "./op-table.ts";
import type { Ops } from "./op-table.ts";
import { vectorConstant } from "./vector-constant.ts";

const f32x4Comparison = { eq: 65, ne: 66, lt: 67, gt: 68, le: 69, ge: 70 } as const;
const f64x2Comparison = { eq: 71, ne: 72, lt: 73, gt: 74, le: 75, ge: 76 } as const;
const f32x4Unary = { ceil: 103, floor: 104, trunc: 105, nearest: 106, abs: 224, neg: 225, sqrt: 227 } as const;
const f64x2Unary = { ceil: 116, floor: 117, trunc: 122, nearest: 148, abs: 236, neg: 237, sqrt: 239 } as const;
const f32x4Binary = { add: 228, sub: 229, mul: 230, div: 231, min: 232, max: 233, pmin: 234, pmax: 235 } as const;
const f64x2Binary = { add: 240, sub: 241, mul: 242, div: 243, min: 244, max: 245, pmin: 246, pmax: 247 } as const;
const f32x4Relaxed = { relaxedMadd: 0x105, relaxedNmadd: 0x106 } as const;
const f64x2Relaxed = { relaxedMadd: 0x107, relaxedNmadd: 0x108 } as const;
const f32x4RelaxedBinary = { relaxedMin: 0x10d, relaxedMax: 0x10e } as const;
const f64x2RelaxedBinary = { relaxedMin: 0x10f, relaxedMax: 0x110 } as const;
const f32x4Conversions = { demoteF64x2Zero: 94, convertI32x4S: 250, convertI32x4U: 251 } as const;
const f64x2Conversions = { promoteLowF32x4: 95, convertLowI32x4S: 254, convertLowI32x4U: 255 } as const;

/** The instructions that both float vector shapes have. */
export type FloatVectorOps<Scalar extends "f32" | "f64"> = LaneOps<Scalar> &
  Ops<typeof f32x4Unary, ["v128"], "v128"> &
  Ops<typeof f32x4Binary & typeof f32x4Comparison & typeof f32x4RelaxedBinary, ["v128", "v128"], "v128"> & {
    /** A constant vector: one number for all lanes, or one for each. */
    readonly const: (lanes: number | readonly number[]) => Expr<"v128">;
    /** `a · b + c`, fused or not as the engine likes (relaxed SIMD). */
    readonly relaxedMadd: (a: Operand<"v128">, b: Operand<"v128">, c: Operand<"v128">) => Expr<"v128">;
    /** `c − a · b`, fused or not as the engine likes (relaxed SIMD). */
    readonly relaxedNmadd: (a: Operand<"v128">, b: Operand<"v128">, c: Operand<"v128">) => Expr<"v128">;
  };

/** The instructions on four single-precision lanes. */
export const f32x4: FloatVectorOps<"f32"> & Ops<typeof f32x4Conversions, ["v128"], "v128"> = {
  const: (lanes) => vectorConstant("f32x4", lanes, 4, float32Bytes),
  ...defineLaneOps("f32x4", "f32", 4, { splat: 19, extractLane: 31, replaceLane: 32 }),
  ...defineOps("f32x4", f32x4Unary, ["v128"], "v128", 0xfd),
  ...defineOps("f32x4", f32x4Conversions, ["v128"], "v128", 0xfd),
  ...defineOps("f32x4", f32x4Binary, ["v128", "v128"], "v128", 0xfd),
  ...defineOps("f32x4", f32x4Comparison, ["v128", "v128"], "v128", 0xfd),
  ...defineOps("f32x4", f32x4RelaxedBinary, ["v128", "v128"], "v128", 0xfd),
  ...defineOps("f32x4", f32x4Relaxed, ["v128", "v128", "v128"], "v128", 0xfd),
};

/** The instructions on two double-precision lanes. */
export const f64x2: FloatVectorOps<"f64"> & Ops<typeof f64x2Conversions, ["v128"], "v128"> = {
  const: (lanes) => vectorConstant("f64x2", lanes, 2, float64Bytes),
  ...defineLaneOps("f64x2", "f64", 2, { splat: 20, extractLane: 33, replaceLane: 34 }),
  ...defineOps("f64x2", f64x2Unary, ["v128"], "v128", 0xfd),
  ...defineOps("f64x2", f64x2Conversions, ["v128"], "v128", 0xfd),
  ...defineOps("f64x2", f64x2Binary, ["v128", "v128"], "v128", 0xfd),
  ...defineOps("f64x2", f64x2Comparison, ["v128", "v128"], "v128", 0xfd),
  ...defineOps("f64x2", f64x2RelaxedBinary, ["v128", "v128"], "v128", 0xfd),
  ...defineOps("f64x2", f64x2Relaxed, ["v128", "v128", "v128"], "v128", 0xfd),
};
