import { describe, expect, it } from "vitest";
import { disassemble } from "../../../test/disassemble.ts";
import { AssemblyError } from "../assembly-error.ts";
import type { Expr, Operand } from "../expr.ts";
import { ModuleBuilder } from "../module-builder.ts";
import type { ValueType } from "../value-type.ts";
import { atomicI32, atomicI64, atomicNotify } from "./atomic.ts";
import { f32 } from "./f32.ts";
import { f64 } from "./f64.ts";
import { f32x4, f64x2 } from "./float-vector.ts";
import { i32 } from "./i32.ts";
import { i64 } from "./i64.ts";
import { i32x4, i64x2 } from "./integer-vector.ts";
import { memoryGrow, memorySize } from "./memory-size.ts";
import { i16x8, i8x16 } from "./narrow-vector.ts";
import { select } from "./select.ts";
import { v128 } from "./v128.ts";

const types: readonly ValueType[] = ["i32", "i64", "f32", "f64", "v128"];
const zero: Readonly<Record<ValueType, Expr<ValueType>>> = {
  i32: i32.const(0),
  i64: i64.const(0),
  f32: f32.const(0),
  f64: f64.const(0),
  v128: v128.const(0),
};

type AnyOp = (...operands: Operand<ValueType>[]) => Expr<ValueType>;

/** Finds the operand types that an instruction accepts: its checks refuse all others. */
function apply(op: AnyOp): Expr<ValueType> {
  let candidates: Expr<ValueType>[][] = [[]];
  for (let arity = 1; arity <= 3; arity++) {
    candidates = candidates.flatMap((operands) => types.map((type) => [...operands, zero[type]]));
    for (const operands of candidates) {
      try {
        return op(...operands);
      } catch (error) {
        if (!(error instanceof AssemblyError)) throw error;
      }
    }
  }
  throw new Error("no operands fit");
}

function textOf(expr: Expr<ValueType>): string {
  const module = new ModuleBuilder();
  module.memory({ initial: 1, maximum: 1, shared: true });
  module.function("probe", { params: {}, result: "void" }, (f) => f.drop(expr));
  return disassemble(module.toBytes());
}

/** `truncSatF32x4S` is WebAssembly's `trunc_sat_f32x4_s`. */
function mnemonic(family: string, name: string): string {
  return `${family}.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

function instructions(text: string): string[] {
  return text.split("\n").map((line) => line.trim().replace(/( \(;.*;\))?\)*$/, ""));
}

const families = { i32, i64, f32, f64, v128, i8x16, i16x8, i32x4, i64x2, f32x4, f64x2 };
const special = /^(const|shuffle|extractLane[SU]?|replaceLane|load\d+Lane)$/;

describe.each(Object.entries(families))("%s", (family, ops) => {
  it("encodes every instruction as the one of its name", () => {
    const names = Object.keys(ops).filter((name) => !special.test(name));
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const expr = apply(Reflect.get(ops, name) as AnyOp);
      expect(instructions(textOf(expr)), `${family}.${name}`).toContain(mnemonic(family, name));
    }
  });
});

describe("instructions with immediates", () => {
  const vector = v128.const(0);
  it.each<[string, Expr<ValueType>]>([
    ["i32.const -2147483648", i32.const(2 ** 31)],
    ["i64.const -1", i64.const(2n ** 64n - 1n)],
    ["f32.const 0x1.99999ap-4", f32.const(0.1)],
    ["f64.const -inf", f64.const(-Infinity)],
    ["v128.const i32x4 0x00000001 0x00000002 0xffffffff 0x80000000", i32x4.const([1, 2, -1, 2 ** 31])],
    ["v128.const i32x4 0xffffffff 0xffffffff 0x00000000 0x80000000", i64x2.const([-1n, -(2n ** 63n)])],
    ["v128.const i32x4 0x3f800000 0x3f800000 0x3f800000 0x3f800000", f32x4.const(1)],
    ["v128.const i32x4 0x00000000 0x3ff00000 0x00000000 0x40000000", f64x2.const([1, 2])],
    ["v128.const i32x4 0xfffeffff 0x00000000 0x00000000 0x00000000", i16x8.const([-1, -2, 0, 0, 0, 0, 0, 0])],
    ["v128.const i32x4 0x07070707 0x07070707 0x07070707 0x07070707", i8x16.const(7)],
    ["i8x16.extract_lane_s 15", i8x16.extractLaneS(vector, 15)],
    ["i8x16.extract_lane_u 1", i8x16.extractLaneU(vector, 1)],
    ["i8x16.replace_lane 2", i8x16.replaceLane(vector, 2, 0)],
    ["i16x8.extract_lane_s 7", i16x8.extractLaneS(vector, 7)],
    ["i16x8.extract_lane_u 0", i16x8.extractLaneU(vector, 0)],
    ["i16x8.replace_lane 3", i16x8.replaceLane(vector, 3, 0)],
    ["i32x4.extract_lane 3", i32x4.extractLane(vector, 3)],
    ["i32x4.replace_lane 1", i32x4.replaceLane(vector, 1, 0)],
    ["i64x2.extract_lane 1", i64x2.extractLane(vector, 1)],
    ["i64x2.replace_lane 0", i64x2.replaceLane(vector, 0, 0n)],
    ["f32x4.extract_lane 2", f32x4.extractLane(vector, 2)],
    ["f32x4.replace_lane 3", f32x4.replaceLane(vector, 3, 0)],
    ["f64x2.extract_lane 0", f64x2.extractLane(vector, 0)],
    ["f64x2.replace_lane 1", f64x2.replaceLane(vector, 1, 0)],
    ["i8x16.shuffle 4 5 6 7 0 1 2 3 28 29 30 31 16 17 18 19", f32x4.shuffle(vector, vector, [1, 0, 7, 4])],
    ["v128.load8_lane 9", v128.load8Lane(0, vector, 9)],
    ["v128.load16_lane offset=2 7", v128.load16Lane(0, vector, 7, { offset: 2 })],
    ["v128.load32_lane 3", v128.load32Lane(0, vector, 3)],
    ["v128.load64_lane align=1 1", v128.load64Lane(0, vector, 1, { align: 1 })],
    ["i64.load32_u offset=300 align=2", i64.load32U(0, { offset: 300, align: 2 })],
    ["v128.load align=4", v128.load(0, { align: 4 })],
    ["select", select(1, f32.const(1), f32.const(2))],
    ["memory.size", memorySize()],
    ["memory.grow", memoryGrow(1)],
  ])("%s", (text, expr) => expect(instructions(textOf(expr))).toContain(text));
});

describe("atomics", () => {
  it.each<[string, Expr<ValueType>]>(
    (
      [
        ["i32", atomicI32, "32"],
        ["i64", atomicI64, "64"],
      ] as const
    ).flatMap(([type, ops, bits]): [string, Expr<ValueType>][] => [
      [`${type}.atomic.load offset=16`, ops.load(0, { offset: 16 })],
      [`${type}.atomic.rmw.add`, ops.add(0, 1)],
      [`${type}.atomic.rmw.sub`, ops.sub(0, 1)],
      [`${type}.atomic.rmw.and`, ops.and(0, 1)],
      [`${type}.atomic.rmw.or`, ops.or(0, 1)],
      [`${type}.atomic.rmw.xor`, ops.xor(0, 1)],
      [`${type}.atomic.rmw.xchg`, ops.exchange(0, 1)],
      [`${type}.atomic.rmw.cmpxchg`, ops.compareExchange(0, 1, 2)],
      [`memory.atomic.wait${bits}`, ops.wait(0, 1, -1n)],
    ]),
  )("%s", (text, expr) => expect(instructions(textOf(expr))).toContain(text));

  it("memory.atomic.notify", () => {
    expect(instructions(textOf(atomicNotify(0, 1)))).toContain("memory.atomic.notify");
  });
});
