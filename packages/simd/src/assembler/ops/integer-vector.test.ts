import { describe, expect, it } from "vitest";
import { vectorOperation } from "../../../test/vector-operation.ts";
import type { Bytes } from "../../../test/vector-operation.ts";
import { detectFeatures } from "../../features/detect-features.ts";
import type { Expr } from "../expr.ts";
import { constant } from "../expr.ts";
import { i32x4, i64x2 } from "./integer-vector.ts";
import { i16x8, i8x16 } from "./narrow-vector.ts";

/** The lanes of a vector as integers of `bits` bits. */
function lanesOf(bytes: Bytes, bits: number, signed: boolean): bigint[] {
  const size = bits / 8;
  return Array.from({ length: 16 / size }, (_, lane) => {
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[lane * size + i]!);
    return signed ? BigInt.asIntN(bits, value) : value;
  });
}

function bytesOf(lanes: readonly bigint[], bits: number): Bytes {
  const bytes = lanes.flatMap((lane) =>
    Array.from({ length: bits / 8 }, (_, i) => Number((lane >> BigInt(8 * i)) & 0xffn)),
  );
  return Uint8Array.from(bytes);
}

const clamp = (x: bigint, low: bigint, high: bigint): bigint => (x < low ? low : x > high ? high : x);
const saturate = (x: bigint, bits: number, signed: boolean): bigint => {
  const half = 1n << BigInt(bits - 1);
  return signed ? clamp(x, -half, half - 1n) : clamp(x, 0n, 2n * half - 1n);
};
const truth = (yes: boolean): bigint => (yes ? -1n : 0n);

type Lanewise = (x: bigint, y: bigint, bits: number) => bigint;
const same = (apply: Lanewise): Readonly<Record<"S" | "U", Lanewise>> => ({ S: apply, U: apply });

// Operations lane by lane; a name ending in S or U reads its lanes as signed or unsigned.
const lanewise: Readonly<Record<string, Lanewise>> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  neg: (x) => -x,
  abs: (x) => (x < 0n ? -x : x),
  popcnt: (x, _, bits) => BigInt(BigInt.asUintN(bits, x).toString(2).replaceAll("0", "").length),
  eq: (x, y) => truth(x === y),
  ne: (x, y) => truth(x !== y),
  avgrU: (x, y) => (x + y + 1n) >> 1n,
  q15mulrSatS: (x, y, bits) => saturate((x * y + 0x4000n) >> 15n, bits, true),
  addSatS: (x, y, bits) => saturate(x + y, bits, true),
  addSatU: (x, y, bits) => saturate(x + y, bits, false),
  subSatS: (x, y, bits) => saturate(x - y, bits, true),
  subSatU: (x, y, bits) => saturate(x - y, bits, false),
  ...signs(
    "lt",
    same((x, y) => truth(x < y)),
  ),
  ...signs(
    "gt",
    same((x, y) => truth(x > y)),
  ),
  ...signs(
    "le",
    same((x, y) => truth(x <= y)),
  ),
  ...signs(
    "ge",
    same((x, y) => truth(x >= y)),
  ),
  ...signs(
    "min",
    same((x, y) => (x < y ? x : y)),
  ),
  ...signs(
    "max",
    same((x, y) => (x > y ? x : y)),
  ),
};

function signs(name: string, rows: Readonly<Record<"S" | "U", Lanewise>>): Readonly<Record<string, Lanewise>> {
  return { [`${name}S`]: rows.S, [`${name}U`]: rows.U };
}

// Operations that change the width of lanes; `bits` is the width of the result.
function reshaping(name: string, a: Bytes, b: Bytes, bits: number): bigint[] | undefined {
  const signed = name.endsWith("S");
  const halves = (bytes: Bytes): bigint[] => lanesOf(bytes, bits / 2, signed);
  const count = 128 / bits;
  const part = <T>(lanes: readonly T[]): T[] => (name.includes("High") ? lanes.slice(count) : lanes.slice(0, count));
  const pairs = (lanes: readonly bigint[]): bigint[] =>
    Array.from({ length: count }, (_, i) => lanes[2 * i]! + lanes[2 * i + 1]!);
  if (name.startsWith("extend")) return part(halves(a));
  if (name.startsWith("extmul")) return part(halves(a).map((x, i) => x * halves(b)[i]!));
  if (name.startsWith("extadd")) return pairs(halves(a));
  if (name.startsWith("dot")) return pairs(halves(a).map((x, i) => x * halves(b)[i]!));
  if (name.startsWith("narrow")) {
    const wide = [...lanesOf(a, bits * 2, true), ...lanesOf(b, bits * 2, true)];
    return wide.map((x) => saturate(x, bits, signed));
  }
  if (name === "swizzle" || name === "relaxedSwizzle") {
    return [...b].map((index) => BigInt(a[index] ?? 0));
  }
  return undefined;
}

function samples(): Bytes[] {
  let state = 12345;
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  };
  const edges = [0x00, 0xff, 0x7f, 0x80, 0x01];
  const made = Array.from({ length: 40 }, () => Uint8Array.from({ length: 16 }, random));
  const special = Array.from({ length: 20 }, (_, i) =>
    Uint8Array.from({ length: 16 }, (_, j) => edges[(i * 7 + j * (i + 1)) % edges.length]!),
  );
  return [...made, ...special];
}

const shapes = [
  { name: "i8x16", ops: i8x16, bits: 8 },
  { name: "i16x8", ops: i16x8, bits: 16 },
  { name: "i32x4", ops: i32x4, bits: 32 },
  { name: "i64x2", ops: i64x2, bits: 64 },
] as const;

const elsewhere =
  /^(const|splat|shuffle|extractLane.?|replaceLane|shl|shr.|bitmask|allTrue|truncSat.*|relaxedTrunc.*|relaxedLaneselect)$/;

describe.each(shapes)("$name", ({ ops, bits }) => {
  type Op = (...operands: Expr<"v128">[]) => Expr<"v128">;
  const vectors = samples();
  const hasRelaxed = detectFeatures().relaxedSimd;
  const names = Object.keys(ops).filter((name) => !elsewhere.test(name) && (hasRelaxed || !name.startsWith("relaxed")));

  it.each(names)("%s", (name) => {
    const run = vectorOperation((a, b) => (Reflect.get(ops, name) as Op)(a, b));
    for (let i = 0; i < vectors.length; i++) {
      const a = vectors[i]!;
      const b = vectors[(i * 7 + 3) % vectors.length]!;
      const index = name === "swizzle" ? b : b.map((byte) => byte % 16);
      const y = name.endsWith("wizzle") ? index : b;
      const apply = lanewise[name];
      const signed = !name.endsWith("U");
      const other = lanesOf(y, bits, signed);
      const expected = apply
        ? lanesOf(a, bits, signed).map((x, lane) => apply(x, other[lane]!, bits))
        : reshaping(name, a, y, bits);
      expect(run(a, y), `${name} ${a.join()} ${y.join()}`).toEqual(bytesOf(expected as bigint[], bits));
    }
  });

  it("shifts by a count taken modulo the width", () => {
    for (const count of [0, 1, bits - 1, bits, bits + 3]) {
      const by = BigInt(count % bits);
      const distance = constant("i32", count);
      for (const a of vectors) {
        const left = vectorOperation((x) => ops.shl(x, distance))(a);
        expect(left).toEqual(
          bytesOf(
            lanesOf(a, bits, true).map((x) => x << by),
            bits,
          ),
        );
        const signed = vectorOperation((x) => ops.shrS(x, distance))(a);
        expect(signed).toEqual(
          bytesOf(
            lanesOf(a, bits, true).map((x) => x >> by),
            bits,
          ),
        );
        const unsigned = vectorOperation((x) => ops.shrU(x, distance))(a);
        expect(unsigned).toEqual(
          bytesOf(
            lanesOf(a, bits, false).map((x) => x >> by),
            bits,
          ),
        );
      }
    }
  });

  it("allTrue and bitmask", () => {
    const allTrue = vectorOperation((x) => ops.allTrue(x));
    const bitmask = vectorOperation((x) => ops.bitmask(x));
    for (const a of [...vectors, new Uint8Array(16).fill(1)]) {
      const lanes = lanesOf(a, bits, true);
      expect(allTrue(a)[0]).toBe(lanes.every((lane) => lane !== 0n) ? 1 : 0);
      const mask = bitmask(a);
      const expected = lanes.reduce((sum, lane, i) => sum + (lane < 0n ? 2 ** i : 0), 0);
      expect(mask[0]! + 256 * mask[1]!).toBe(expected);
    }
  });

  it.runIf(hasRelaxed)("relaxedLaneselect", () => {
    const run = vectorOperation((a, b, c) => ops.relaxedLaneselect(a, b, c));
    const [a, b] = vectors as [Bytes, Bytes];
    const mask = Uint8Array.from({ length: 16 }, (_, i) => (Math.floor((i * 8) / bits) % 2 === 0 ? 0xff : 0));
    expect(run(a, b, mask)).toEqual(a.map((byte, i) => (mask[i] === 0 ? b[i]! : byte)));
  });

  it("moves lanes", () => {
    const [a, b] = vectors as [Bytes, Bytes];
    const count = 128 / bits;
    const lanes = Array.from({ length: count }, (_, i) => (i * 5 + 3) % (2 * count));
    const both = [...lanesOf(a, bits, false), ...lanesOf(b, bits, false)];
    const shuffled = vectorOperation((x, y) => ops.shuffle(x, y, lanes))(a, b);
    expect(shuffled).toEqual(
      bytesOf(
        lanes.map((lane) => both[lane]!),
        bits,
      ),
    );
  });
});

describe("lanes", () => {
  const a = Uint8Array.from({ length: 16 }, (_, i) => 0x81 + i);
  const low = (bytes: Bytes): number => new DataView(bytes.buffer).getInt32(0, true);

  it("extracts", () => {
    expect(low(vectorOperation((x) => i8x16.extractLaneS(x, 1))(a))).toBe(0x82 - 256);
    expect(low(vectorOperation((x) => i8x16.extractLaneU(x, 1))(a))).toBe(0x82);
    expect(low(vectorOperation((x) => i16x8.extractLaneS(x, 1))(a))).toBe(0x8483 - 65536);
    expect(low(vectorOperation((x) => i16x8.extractLaneU(x, 1))(a))).toBe(0x8483);
    expect(low(vectorOperation((x) => i32x4.extractLane(x, 0))(a))).toBe(0x84838281 | 0);
  });

  it("splats and replaces", () => {
    expect(vectorOperation(() => i8x16.splat(0x1ff))()).toEqual(new Uint8Array(16).fill(0xff));
    expect(vectorOperation(() => i16x8.splat(0x10102))()).toEqual(
      Uint8Array.from({ length: 16 }, (_, i) => 2 - (i % 2)),
    );
    expect(vectorOperation((x) => i64x2.splat(i64x2.extractLane(x, 1)))(a)).toEqual(
      Uint8Array.from({ length: 16 }, (_, i) => 0x89 + (i % 8)),
    );
    expect(vectorOperation((x) => i32x4.replaceLane(x, 1, i32x4.extractLane(x, 3)))(a).slice(4, 8)).toEqual(
      a.slice(12),
    );
    expect(vectorOperation((x) => i32x4.splat(i32x4.extractLane(x, 2)))(a).slice(0, 4)).toEqual(a.slice(8, 12));
    expect(vectorOperation((x) => i8x16.replaceLane(x, 15, 7))(a)[15]).toBe(7);
    expect(vectorOperation((x) => i16x8.replaceLane(x, 7, 0x0605))(a).slice(14)).toEqual(Uint8Array.of(5, 6));
    expect(vectorOperation((x) => i64x2.replaceLane(x, 1, 0n))(a).slice(8)).toEqual(new Uint8Array(8));
  });
});
