import { constant } from "../expr.ts";
import type { Expr } from "../expr.ts";
import { defineLoads } from "./memory-access.ts";
import type { Load } from "./memory-access.ts";
import { defineOps } from "./op-table.ts";
import type { Ops } from "./op-table.ts";

const comparison = { eq: 0x61, ne: 0x62, lt: 0x63, gt: 0x64, le: 0x65, ge: 0x66 } as const;
const unary = { abs: 0x99, neg: 0x9a, ceil: 0x9b, floor: 0x9c, trunc: 0x9d, nearest: 0x9e, sqrt: 0x9f } as const;
const binary = { add: 0xa0, sub: 0xa1, mul: 0xa2, div: 0xa3, min: 0xa4, max: 0xa5, copysign: 0xa6 } as const;
const fromI32 = { convertI32S: 0xb7, convertI32U: 0xb8 } as const;
const fromI64 = { convertI64S: 0xb9, convertI64U: 0xba, reinterpretI64: 0xbf } as const;
const fromF32 = { promoteF32: 0xbb } as const;
const loads = { load: [0x2b, 8] } as const;

/** The double-precision instructions. */
export type F64Ops = Ops<typeof comparison, ["f64", "f64"], "i32"> &
  Ops<typeof unary, ["f64"], "f64"> &
  Ops<typeof binary, ["f64", "f64"], "f64"> &
  Ops<typeof fromI32, ["i32"], "f64"> &
  Ops<typeof fromI64, ["i64"], "f64"> &
  Ops<typeof fromF32, ["f32"], "f64"> & { readonly [Name in keyof typeof loads]: Load<"f64"> } & {
    /** A constant. */
    readonly const: (value: number) => Expr<"f64">;
  };

/** The double-precision instructions; `nearest` rounds ties to even. */
export const f64: F64Ops = {
  const: (value) => constant("f64", value),
  ...defineOps("f64", comparison, ["f64", "f64"], "i32"),
  ...defineOps("f64", unary, ["f64"], "f64"),
  ...defineOps("f64", binary, ["f64", "f64"], "f64"),
  ...defineOps("f64", fromI32, ["i32"], "f64"),
  ...defineOps("f64", fromI64, ["i64"], "f64"),
  ...defineOps("f64", fromF32, ["f32"], "f64"),
  ...defineLoads("f64", loads, "f64"),
};
