import { constant } from "../expr.ts";
import type { Expr } from "../expr.ts";
import { defineLoads } from "./memory-access.ts";
import type { Load } from "./memory-access.ts";
import { defineOps } from "./op-table.ts";
import type { Ops } from "./op-table.ts";

const unary = { eqz: 0x45, clz: 0x67, ctz: 0x68, popcnt: 0x69, extend8S: 0xc0, extend16S: 0xc1 } as const;

const binary = {
  eq: 0x46,
  ne: 0x47,
  ltS: 0x48,
  ltU: 0x49,
  gtS: 0x4a,
  gtU: 0x4b,
  leS: 0x4c,
  leU: 0x4d,
  geS: 0x4e,
  geU: 0x4f,
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  divS: 0x6d,
  divU: 0x6e,
  remS: 0x6f,
  remU: 0x70,
  and: 0x71,
  or: 0x72,
  xor: 0x73,
  shl: 0x74,
  shrS: 0x75,
  shrU: 0x76,
  rotl: 0x77,
  rotr: 0x78,
} as const;

const fromI64 = { wrapI64: 0xa7 } as const;
const fromF32 = { truncF32S: 0xa8, truncF32U: 0xa9, reinterpretF32: 0xbc } as const;
const fromF64 = { truncF64S: 0xaa, truncF64U: 0xab } as const;
const saturatingF32 = { truncSatF32S: 0, truncSatF32U: 1 } as const;
const saturatingF64 = { truncSatF64S: 2, truncSatF64U: 3 } as const;

const loads = {
  load: [0x28, 4],
  load8S: [0x2c, 1],
  load8U: [0x2d, 1],
  load16S: [0x2e, 2],
  load16U: [0x2f, 2],
} as const;

/** The 32-bit integer instructions. */
export type I32Ops = Ops<typeof unary, ["i32"], "i32"> &
  Ops<typeof binary, ["i32", "i32"], "i32"> &
  Ops<typeof fromI64, ["i64"], "i32"> &
  Ops<typeof fromF32 & typeof saturatingF32, ["f32"], "i32"> &
  Ops<typeof fromF64 & typeof saturatingF64, ["f64"], "i32"> & {
    readonly [Name in keyof typeof loads]: Load<"i32">;
  } & {
    /** A constant in [-2^31, 2^32). */
    readonly const: (value: number) => Expr<"i32">;
  };

/** The 32-bit integer instructions; `S` and `U` mean signed and unsigned. */
export const i32: I32Ops = {
  const: (value) => constant("i32", value),
  ...defineOps("i32", unary, ["i32"], "i32"),
  ...defineOps("i32", binary, ["i32", "i32"], "i32"),
  ...defineOps("i32", fromI64, ["i64"], "i32"),
  ...defineOps("i32", fromF32, ["f32"], "i32"),
  ...defineOps("i32", fromF64, ["f64"], "i32"),
  ...defineOps("i32", saturatingF32, ["f32"], "i32", 0xfc),
  ...defineOps("i32", saturatingF64, ["f64"], "i32", 0xfc),
  ...defineLoads("i32", loads, "i32"),
};
