import { constant } from "../expr.ts";
import type { Expr } from "../expr.ts";
import { defineLoads } from "./memory-access.ts";
import type { Load } from "./memory-access.ts";
import { defineOps } from "./op-table.ts";
import type { Ops } from "./op-table.ts";

const comparison = { eq: 0x5b, ne: 0x5c, lt: 0x5d, gt: 0x5e, le: 0x5f, ge: 0x60 } as const;
const unary = { abs: 0x8b, neg: 0x8c, ceil: 0x8d, floor: 0x8e, trunc: 0x8f, nearest: 0x90, sqrt: 0x91 } as const;
const binary = { add: 0x92, sub: 0x93, mul: 0x94, div: 0x95, min: 0x96, max: 0x97, copysign: 0x98 } as const;
const fromI32 = { convertI32S: 0xb2, convertI32U: 0xb3, reinterpretI32: 0xbe } as const;
const fromI64 = { convertI64S: 0xb4, convertI64U: 0xb5 } as const;
const fromF64 = { demoteF64: 0xb6 } as const;
const loads = { load: [0x2a, 4] } as const;

/** The single-precision instructions. */
export type F32Ops = Ops<typeof comparison, ["f32", "f32"], "i32"> &
  Ops<typeof unary, ["f32"], "f32"> &
  Ops<typeof binary, ["f32", "f32"], "f32"> &
  Ops<typeof fromI32, ["i32"], "f32"> &
  Ops<typeof fromI64, ["i64"], "f32"> &
  Ops<typeof fromF64, ["f64"], "f32"> & { readonly [Name in keyof typeof loads]: Load<"f32"> } & {
    /** A constant, rounded to single precision. */
    readonly const: (value: number) => Expr<"f32">;
  };

/** The single-precision instructions; `nearest` rounds ties to even. */
export const f32: F32Ops = {
  const: (value) => constant("f32", value),
  ...defineOps("f32", comparison, ["f32", "f32"], "i32"),
  ...defineOps("f32", unary, ["f32"], "f32"),
  ...defineOps("f32", binary, ["f32", "f32"], "f32"),
  ...defineOps("f32", fromI32, ["i32"], "f32"),
  ...defineOps("f32", fromI64, ["i64"], "f32"),
  ...defineOps("f32", fromF64, ["f64"], "f32"),
  ...defineLoads("f32", loads, "f32"),
};
