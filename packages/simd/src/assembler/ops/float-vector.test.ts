import { describe, expect, it } from "vitest";
import { vectorOperation } from "../../../test/vector-operation.ts";
import type { Bytes } from "../../../test/vector-operation.ts";
import { detectFeatures } from "../../features/detect-features.ts";
import type { Expr } from "../expr.ts";
import { f32x4, f64x2 } from "./float-vector.ts";
import { i32x4 } from "./integer-vector.ts";
import { v128 } from "./v128.ts";

const special = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e30, -1e-30, 2 ** 31, Infinity, -Infinity, Number.NaN, 7.25];

function nearest(x: number): number {
  const rounded = Math.round(x);
  const tied = Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
  return Math.abs(tied) === 0 && (x < 0 || Object.is(x, -0)) ? -0 : tied;
}

const unary: Readonly<Record<string, (x: number) => number>> = {
  abs: Math.abs,
  neg: (x) => -x,
  sqrt: Math.sqrt,
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  nearest,
};

const binary: Readonly<Record<string, (x: number, y: number) => number>> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  min: Math.min,
  max: Math.max,
  pmin: (x, y) => (y < x ? y : x),
  pmax: (x, y) => (x < y ? y : x),
};

const comparisons: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  eq: (x, y) => x === y,
  ne: (x, y) => x !== y,
  lt: (x, y) => x < y,
  gt: (x, y) => x > y,
  le: (x, y) => x <= y,
  ge: (x, y) => x >= y,
};

const shapes = [
  { name: "f32x4", ops: f32x4, Lanes: Float32Array, Mask: Int32Array },
  { name: "f64x2", ops: f64x2, Lanes: Float64Array, Mask: BigInt64Array },
] as const;

describe.each(shapes)("$name", ({ ops, Lanes, Mask }) => {
  const count = 16 / Lanes.BYTES_PER_ELEMENT;
  const bytes = (lanes: readonly number[]): Bytes => new Uint8Array(Lanes.from(lanes).buffer);
  const pairs = special.flatMap((x) => special.map((y) => [x, y] as const));
  type Op = (...operands: Expr<"v128">[]) => Expr<"v128">;
  const named = (name: string): Op => Reflect.get(ops, name) as Op;

  it.each(Object.keys(unary))("%s", (name) => {
    const run = vectorOperation((a) => named(name)(a));
    for (const x of special) {
      const lanes = Array.from({ length: count }, (_, i) => x + i);
      const rounded = [...new Lanes(lanes)];
      const expected = new Lanes(rounded.map((lane) => unary[name]!(lane)));
      expect(new Lanes(run(bytes(lanes)).buffer)).toEqual(expected);
    }
  });

  it.each(Object.keys(binary))("%s", (name) => {
    const run = vectorOperation((a, b) => named(name)(a, b));
    const apply = binary[name]!;
    for (const [x, y] of pairs) {
      const a = [...new Lanes(Array.from({ length: count }, (_, i) => x + i))];
      const b = [...new Lanes(a.map(() => y))];
      const expected = new Lanes(a.map((lane, i) => apply(lane, b[i]!)));
      expect(new Lanes(run(bytes(a), bytes(b)).buffer), `${name} ${a.join()} ${b.join()}`).toEqual(expected);
    }
  });

  it.each(Object.keys(comparisons))("%s", (name) => {
    const run = vectorOperation((a, b) => named(name)(a, b));
    const compare = comparisons[name]!;
    for (const [x, y] of pairs) {
      const lanes = [...new Lanes([x, y])];
      const a = Array.from({ length: count }, (_, i) => lanes[i % 2]!);
      const b = Array.from({ length: count }, () => lanes[1]!);
      const mask = [...new Mask(run(bytes(a), bytes(b)).buffer)].map((lane) => Number(lane) === -1);
      expect(mask).toEqual(a.map((lane, i) => compare(lane, b[i]!)));
    }
  });

  it("moves lanes", () => {
    const lanes = Array.from({ length: count }, (_, i) => i + 0.5);
    const doubled = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? count + i : i));
    const shuffle = vectorOperation((a, b) => ops.shuffle(a, b, doubled));
    const other = lanes.map((lane) => -lane);
    const result = new Lanes(shuffle(bytes(lanes), bytes(other)).buffer);
    expect([...result]).toEqual(lanes.map((lane, i) => (i % 2 === 0 ? -lane : lane)));
    for (let lane = 0; lane < count; lane++) {
      const splat = vectorOperation((a) => ops.splat(ops.extractLane(a, lane) as never));
      expect([...new Lanes(splat(bytes(lanes)).buffer)]).toEqual(lanes.map(() => lane + 0.5));
      const replace = vectorOperation((a) => ops.replaceLane(a, lane, 9));
      expect([...new Lanes(replace(bytes(lanes)).buffer)]).toEqual(lanes.map((x, i) => (i === lane ? 9 : x)));
    }
    const constant = vectorOperation(() => ops.const(lanes));
    expect([...new Lanes(constant().buffer)]).toEqual(lanes);
  });

  it.runIf(detectFeatures().relaxedSimd)("relaxed multiply-add, minimum and maximum", () => {
    const [a, b, c] = [bytes([1.5, -2, 3, 4]), bytes([2, 3, -5, 0.5]), bytes([10, 20, 30, 40])].map((x) =>
      x.slice(0, 16),
    );
    const [x, y, z] = [a, b, c] as [Bytes, Bytes, Bytes];
    const madd = vectorOperation((p, q, r) => ops.relaxedMadd(p, q, r));
    expect([...new Lanes(madd(x, y, z).buffer)]).toEqual([13, 14, 15, 42].slice(0, count));
    const nmadd = vectorOperation((p, q, r) => ops.relaxedNmadd(p, q, r));
    expect([...new Lanes(nmadd(x, y, z).buffer)]).toEqual([7, 26, 45, 38].slice(0, count));
    const least = vectorOperation((p, q) => ops.relaxedMin(p, q));
    expect([...new Lanes(least(x, y).buffer)]).toEqual([1.5, -2, -5, 0.5].slice(0, count));
    const most = vectorOperation((p, q) => ops.relaxedMax(p, q));
    expect([...new Lanes(most(x, y).buffer)]).toEqual([2, 3, 3, 4].slice(0, count));
  });
});

describe("conversions", () => {
  const float32 = (...lanes: number[]): Bytes => new Uint8Array(Float32Array.from(lanes).buffer);
  const float64 = (...lanes: number[]): Bytes => new Uint8Array(Float64Array.from(lanes).buffer);
  const int32 = (...lanes: number[]): Bytes => new Uint8Array(Int32Array.from(lanes).buffer);

  it.each<[string, (x: Expr<"v128">) => Expr<"v128">, Bytes, Bytes]>([
    ["f32x4.demoteF64x2Zero", f32x4.demoteF64x2Zero, float64(0.1, 1e300), float32(0.1, Infinity, 0, 0)],
    ["f64x2.promoteLowF32x4", f64x2.promoteLowF32x4, float32(0.1, -2, 3, 4), float64(Math.fround(0.1), -2)],
    ["f32x4.convertI32x4S", f32x4.convertI32x4S, int32(-1, 2, 16777217, 0), float32(-1, 2, 16777216, 0)],
    ["f32x4.convertI32x4U", f32x4.convertI32x4U, int32(-1, 2, 3, 0), float32(4294967296, 2, 3, 0)],
    ["f64x2.convertLowI32x4S", f64x2.convertLowI32x4S, int32(-1, 16777217, 3, 4), float64(-1, 16777217)],
    ["f64x2.convertLowI32x4U", f64x2.convertLowI32x4U, int32(-1, 5, 3, 4), float64(4294967295, 5)],
    ["i32x4.truncSatF32x4S", i32x4.truncSatF32x4S, float32(-1.9, NaN, 1e20, -1e20), int32(-1, 0, 2 ** 31 - 1, 2 ** 31)],
    ["i32x4.truncSatF32x4U", i32x4.truncSatF32x4U, float32(-1.9, NaN, 1e20, 3e9), int32(0, 0, -1, 3e9)],
    ["i32x4.truncSatF64x2SZero", i32x4.truncSatF64x2SZero, float64(-7.9, 1e20), int32(-7, 2 ** 31 - 1, 0, 0)],
    ["i32x4.truncSatF64x2UZero", i32x4.truncSatF64x2UZero, float64(-7.9, 3e9), int32(0, 3e9, 0, 0)],
  ])("%s", (_, op, input, expected) => expect(vectorOperation(op)(input)).toEqual(expected));

  it.runIf(detectFeatures().relaxedSimd).each<[string, (x: Expr<"v128">) => Expr<"v128">, Bytes, Bytes]>([
    ["relaxedTruncF32x4S", i32x4.relaxedTruncF32x4S, float32(-1.9, 2.5, 3, 0), int32(-1, 2, 3, 0)],
    ["relaxedTruncF32x4U", i32x4.relaxedTruncF32x4U, float32(1.9, 2.5, 3, 0), int32(1, 2, 3, 0)],
    ["relaxedTruncF64x2SZero", i32x4.relaxedTruncF64x2SZero, float64(-7.9, 8), int32(-7, 8, 0, 0)],
    ["relaxedTruncF64x2UZero", i32x4.relaxedTruncF64x2UZero, float64(7.9, 8), int32(7, 8, 0, 0)],
  ])("i32x4.%s", (_, op, input, expected) => expect(vectorOperation(op)(input)).toEqual(expected));
});

describe("v128", () => {
  const left = Uint8Array.from({ length: 16 }, (_, i) => i * 37);
  const right = Uint8Array.from({ length: 16 }, (_, i) => 255 - i * 91);
  const mask = Uint8Array.from({ length: 16 }, (_, i) => i * 17);

  it.each<[string, (a: Expr<"v128">, b: Expr<"v128">, c: Expr<"v128">) => Expr<"v128">, (i: number) => number]>([
    ["not", (a) => v128.not(a), (i) => ~at(left, i)],
    ["and", (a, b) => v128.and(a, b), (i) => at(left, i) & at(right, i)],
    ["andnot", (a, b) => v128.andnot(a, b), (i) => at(left, i) & ~at(right, i)],
    ["or", (a, b) => v128.or(a, b), (i) => at(left, i) | at(right, i)],
    ["xor", (a, b) => v128.xor(a, b), (i) => at(left, i) ^ at(right, i)],
    ["bitselect", v128.bitselect, (i) => (at(left, i) & at(mask, i)) | (at(right, i) & ~at(mask, i))],
  ])("%s", (_, op, byte) => {
    expect(vectorOperation(op)(left, right, mask)).toEqual(left.map((_, i) => byte(i)));
  });

  it("anyTrue", () => {
    const run = vectorOperation((a) => v128.anyTrue(a));
    expect(run(new Uint8Array(16))[0]).toBe(0);
    expect(run(new Uint8Array(16).fill(1, 15))[0]).toBe(1);
  });

  it.each<[string, Expr<"v128">, number[]]>([
    ["load8x8S", v128.load8x8S(0), [0xff, 0xff, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0]],
    ["load8x8U", v128.load8x8U(0), [0xff, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0]],
    ["load16x4S", v128.load16x4S(4), [5, 6, 0, 0, 7, 8, 0, 0, 9, 10, 0, 0, 11, 12, 0, 0]],
    ["load16x4U", v128.load16x4U(0), [0xff, 2, 0, 0, 3, 4, 0, 0, 5, 6, 0, 0, 7, 8, 0, 0]],
    ["load32x2S", v128.load32x2S(0, { offset: 1 }), [2, 3, 4, 5, 0, 0, 0, 0, 6, 7, 8, 9, 0, 0, 0, 0]],
    ["load32x2U", v128.load32x2U(4), [5, 6, 7, 8, 0, 0, 0, 0, 9, 10, 11, 12, 0, 0, 0, 0]],
    ["load8Splat", v128.load8Splat(1), Array.from({ length: 16 }, () => 2)],
    ["load16Splat", v128.load16Splat(1), Array.from({ length: 16 }, (_, i) => 2 + (i % 2))],
    ["load32Splat", v128.load32Splat(4), Array.from({ length: 16 }, (_, i) => 5 + (i % 4))],
    ["load64Splat", v128.load64Splat(8), Array.from({ length: 16 }, (_, i) => 9 + (i % 8))],
    ["load32Zero", v128.load32Zero(4), [5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["load64Zero", v128.load64Zero(4), [5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["load8Lane", v128.load8Lane(4, v128.const(0), 2), [0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["load16Lane", v128.load16Lane(4, v128.const(0), 1), [0, 0, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["load32Lane", v128.load32Lane(4, v128.const(0), 2), [0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 7, 8, 0, 0, 0, 0]],
    ["load64Lane", v128.load64Lane(4, v128.const(0), 1), [0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 7, 8, 9, 10, 11, 12]],
  ])("%s", (_, load, expected) => {
    const input = Uint8Array.from({ length: 16 }, (_, i) => (i === 0 ? 0xff : i + 1));
    expect([...vectorOperation(() => load)(input)]).toEqual(expected);
  });
});

function at(bytes: Uint8Array, i: number): number {
  return bytes[i]!;
}
