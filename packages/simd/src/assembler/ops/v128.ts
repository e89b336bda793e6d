import { Expr, operandOf, usesMemory } from "../expr.ts";
import type { Operand } from "../expr.ts";
import { laneIndex } from "./lanes.ts";
import { accessCode, defineLoads } from "./memory-access.ts";
import type { AccessOptions, Load } from "./memory-access.ts";
import { defineOps, opcodeBytes } from "./op-table.ts";
import type { Ops } from "./op-table.ts";
import { vectorConstant } from "./vector-constant.ts";

const unary = { not: 77 } as const;
const binary = { and: 78, andnot: 79, or: 80, xor: 81 } as const;
const ternary = { bitselect: 82 } as const;
const tests = { anyTrue: 83 } as const;

const loads = {
  load: [0, 16],
  load8x8S: [1, 8],
  load8x8U: [2, 8],
  load16x4S: [3, 8],
  load16x4U: [4, 8],
  load32x2S: [5, 8],
  load32x2U: [6, 8],
  load8Splat: [7, 1],
  load16Splat: [8, 2],
  load32Splat: [9, 4],
  load64Splat: [10, 8],
  load32Zero: [92, 4],
  load64Zero: [93, 8],
} as const;

const laneLoads = { load8Lane: [84, 1], load16Lane: [85, 2], load32Lane: [86, 4], load64Lane: [87, 8] } as const;

/** Reads one lane of a vector from memory and keeps the others. */
export type LaneLoad = (
  address: Operand<"i32">,
  vector: Expr<"v128">,
  lane: number,
  options?: AccessOptions,
) => Expr<"v128">;

/** The instructions on 128 bits of whatever lanes. */
export type V128Ops = Ops<typeof unary, ["v128"], "v128"> &
  Ops<typeof binary, ["v128", "v128"], "v128"> &
  Ops<typeof ternary, ["v128", "v128", "v128"], "v128"> &
  Ops<typeof tests, ["v128"], "i32"> & { readonly [Name in keyof typeof loads]: Load<"v128"> } & {
    readonly [Name in keyof typeof laneLoads]: LaneLoad;
  } & {
    /** A constant from 16 bytes, or one byte for all. */
    readonly const: (bytes: number | readonly number[]) => Expr<"v128">;
  };

function defineLaneLoads(): { readonly [Name in keyof typeof laneLoads]: LaneLoad } {
  const rows = Object.entries(laneLoads).map(([name, [code, size]]) => {
    const where = `v128.${name}`;
    const opcode = opcodeBytes(code, 0xfd);
    const load: LaneLoad = (address, vector, lane, options) => {
      const operands = [operandOf(where, "i32", address), operandOf(where, "v128", vector)];
      const bytes = accessCode(where, opcode, size, options, laneIndex(where, lane, 16 / size));
      return new Expr("v128", operands, bytes, usesMemory);
    };
    return [name, load];
  });
  return Object.fromEntries(rows) as { readonly [Name in keyof typeof laneLoads]: LaneLoad };
}

function byteOf(value: number): number[] {
  return [laneIndex("v128.const", value, 256)];
}

/** The instructions on 128 bits of whatever lanes: bits and loads. */
export const v128: V128Ops = {
  const: (bytes) => vectorConstant("v128", bytes, 16, byteOf),
  ...defineOps("v128", unary, ["v128"], "v128", 0xfd),
  ...defineOps("v128", binary, ["v128", "v128"], "v128", 0xfd),
  ...defineOps("v128", ternary, ["v128", "v128", "v128"], "v128", 0xfd),
  ...defineOps("v128", tests, ["v128"], "i32", 0xfd),
  ...defineLoads("v128", loads, "v128", 0xfd),
  ...defineLaneLoads(),
};
