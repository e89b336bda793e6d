import { constant } from "../expr.ts";
import type { Expr } from "../expr.ts";
import { defineLoads } from "./memory-access.ts";
import type { Load } from "./memory-access.ts";
import { defineOps } from "./op-table.ts";
import type { Ops } from "./op-table.ts";

const test = { eqz: 0x50 } as const;

const unary = { clz: 0x79, ctz: 0x7a, popcnt: 0x7b, extend8S: 0xc2, extend16S: 0xc3, extend32S: 0xc4 } as const;

const comparison = {
  eq: 0x51,
  ne: 0x52,
  ltS: 0x53,
  ltU: 0x54,
  gtS: 0x55,
  gtU: 0x56,
  leS: 0x57,
  leU: 0x58,
  geS: 0x59,
  geU: 0x5a,
} as const;

const binary = {
  add: 0x7c,
  sub: 0x7d,
  mul: 0x7e,
  divS: 0x7f,
  divU: 0x80,
  remS: 0x81,
  remU: 0x82,
  and: 0x83,
  or: 0x84,
  xor: 0x85,
  shl: 0x86,
  shrS: 0x87,
  shrU: 0x88,
  rotl: 0x89,
  rotr: 0x8a,
} as const;

const fromI32 = { extendI32S: 0xac, extendI32U: 0xad } as const;
const fromF32 = { truncF32S: 0xae, truncF32U: 0xaf } as const;
const fromF64 = { truncF64S: 0xb0, truncF64U: 0xb1, reinterpretF64: 0xbd } as const;
const saturatingF32 = { truncSatF32S: 4, truncSatF32U: 5 } as const;
const saturatingF64 = { truncSatF64S: 6, truncSatF64U: 7 } as const;

const loads = {
  load: [0x29, 8],
  load8S: [0x30, 1],
  load8U: [0x31, 1],
  load16S: [0x32, 2],
  load16U: [0x33, 2],
  load32S: [0x34, 4],
  load32U: [0x35, 4],
} as const;

/** The 64-bit integer instructions. */
export type I64Ops = Ops<typeof test, ["i64"], "i32"> &
  Ops<typeof unary, ["i64"], "i64"> &
  Ops<typeof comparison, ["i64", "i64"], "i32"> &
  Ops<typeof binary, ["i64", "i64"], "i64"> &
  Ops<typeof fromI32, ["i32"], "i64"> &
  Ops<typeof fromF32 & typeof saturatingF32, ["f32"], "i64"> &
  Ops<typeof fromF64 & typeof saturatingF64, ["f64"], "i64"> & {
    readonly [Name in keyof typeof loads]: Load<"i64">;
  } & {
    /** A constant: any bigint (taken modulo 2^64) or a safe integer. */
    readonly const: (value: bigint | number) => Expr<"i64">;
  };

/** The 64-bit integer instructions; `S` and `U` mean signed and unsigned. */
export const i64: I64Ops = {
  const: (value) => constant("i64", value),
  ...defineOps("i64", test, ["i64"], "i32"),
  ...defineOps("i64", unary, ["i64"], "i64"),
  ...defineOps("i64", comparison, ["i64", "i64"], "i32"),
  ...defineOps("i64", binary, ["i64", "i64"], "i64"),
  ...defineOps("i64", fromI32, ["i32"], "i64"),
  ...defineOps("i64", fromF32, ["f32"], "i64"),
  ...defineOps("i64", fromF64, ["f64"], "i64"),
  ...defineOps("i64", saturatingF32, ["f32"], "i64", 0xfc),
  ...defineOps("i64", saturatingF64, ["f64"], "i64", 0xfc),
  ...defineLoads("i64", loads, "i64"),
};
