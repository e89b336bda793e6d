import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packStrided, spreadStrided, type Strided } from "./copy-strided.ts";
import { packedStrides } from "./axes.ts";
import { assembleMovement } from "./movement-module.ts";

const types = [Float32Array, Int32Array] as const;
type Words = Float32Array | Int32Array;

/** Bits of all kinds, NaN with payloads included. */
function filled(Type: (typeof types)[number], length: number, seed: number): Words {
  const bits = Int32Array.from({ length }, (_, i) => Math.imul(i + seed, 0x9e3779b1) ^ (i % 7 === 0 ? 0x7fc00000 : 0));
  return new Type(bits.buffer);
}

const bitsOf = ({ buffer, byteOffset, length }: Words): Int32Array =>
  new Int32Array(buffer as ArrayBuffer, byteOffset, length);

/** Where the element of every index lies, in row-major order. */
function places({ extents, offset, strides }: Strided): number[] {
  let all = [offset];
  extents.forEach((extent, axis) => {
    all = all.flatMap((at) => Array.from({ length: extent }, (_, i) => at + i * strides[axis]!));
  });
  return all;
}

/** The position of the first element that differs, -1 if none does. */
function firstDifference(x: Words, y: ArrayLike<number>): number {
  const bits = bitsOf(x);
  return bits.findIndex((word, i) => word !== y[i]);
}

/** Holds a copy against one element by element; the walk is moved to where it touches no negative place. */
function checkPack(extents: readonly number[], strides: readonly number[], seed = 1, margin = 3): boolean[] {
  const least = strides.reduce((sum, stride, axis) => sum + Math.min(0, stride * (extents[axis]! - 1)), 0);
  const layout = { extents, strides, offset: margin - least };
  const at = places(layout);
  const length = at.reduce((most, place) => Math.max(most, place), 0) + 1 + margin;
  return types.map((Type) => {
    const x = filled(Type, length, seed);
    const out = new Type(at.length);
    if (!packStrided(x, layout, out)) return false;
    const bits = bitsOf(x);
    expect(
      firstDifference(
        out,
        at.map((place) => bits[place]!),
      ),
    ).toBe(-1);
    return true;
  });
}

describe("packStrided", () => {
  it.each<[string, number[], number[]]>([
    ["neighbours", [40, 30], [33, 1]],
    ["rows of remainders", [100, 7], [9, 1]],
    ["rows of one vector", [200, 4], [5, 1]],
    ["long rows, copied by the engine", [5, 130], [140, 1]],
    ["long rows of a tensor", [3, 1, 4, 128], [2000, 7, 400, 1]],
    ["steps", [30, 25], [80, 3]],
    ["one word for a whole row", [40, 21], [1, 0]],
    ["one word", [23, 31], [0, 0]],
    ["one row for all", [40, 21], [0, 1]],
    ["a transposition", [37, 29], [1, 40]],
    ["a transposition of squares", [32, 64], [1, 32]],
    ["a transposition of few columns", [300, 3], [1, 300]],
    ["a transposition of few rows", [3, 300], [1, 3]],
    ["a transposition within batches", [5, 19, 18], [400, 1, 20]],
    ["channels last", [3, 9, 8, 6], [432, 8, 1, 72]],
    ["channels first", [3, 6, 9, 8], [432, 1, 48, 6]],
    ["all axes turned round", [5, 6, 7, 8], [1, 5, 30, 210]],
    ["heads", [4, 3, 16, 8], [384, 8, 24, 1]],
    ["windows", [3, 2, 5, 5, 6, 6], [200, 100, 10, 1, 10, 1]],
    ["windows with stride and dilation", [4, 3, 3, 7, 7], [300, 40, 2, 40, 3]],
    ["windows of one axis", [300, 5], [2, 1]],
    ["backwards", [40, 30], [-30, -1]],
    ["backwards along rows", [40, 30], [30, -1]],
    ["backwards along columns", [40, 32], [-32, 1]],
    ["axes of one element", [1, 30, 1, 40, 1], [9, 41, 5, 1, 7]],
  ])("%s", (_, extents, strides) => {
    expect(checkPack(extents, strides)).toEqual([true, true]);
  });

  it("copies in pieces what is larger than a piece", () => {
    expect(checkPack([600, 33, 31], [33, 1, 34])).toEqual([true, true]);
    expect(checkPack([5, 300, 301], [301, 1, 600])).toEqual([true, true]);
    expect(checkPack([700, 900], [1, 700])).toEqual([true, true]);
    expect(checkPack([7, 600, 100], [-601, 1, -5])).toEqual([true, true]);
  });

  it("leaves small copies and sparse ones to a plain loop", () => {
    expect(checkPack([511], [1])).toEqual([false, false]);
    expect(checkPack([512], [2])).toEqual([true, true]);
    expect(checkPack([600], [10])).toEqual([false, false]);
    expect(checkPack([0, 5], [5, 1])).toEqual([false, false]);
  });

  it("takes random layouts", () => {
    const axis = fc.record({ extent: fc.integer({ min: 1, max: 9 }), stride: fc.integer({ min: -9, max: 9 }) });
    fc.assert(
      fc.property(fc.array(axis, { minLength: 3, maxLength: 6 }), fc.nat(1000), (axes, seed) => {
        const extents = axes.map(({ extent }) => extent);
        checkPack(
          extents,
          axes.map(({ stride }) => stride),
          seed,
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe("spreadStrided", () => {
  function check(extents: readonly number[], layout: Omit<Strided, "extents">, size: number, value: number): boolean[] {
    const at = places({ extents, ...layout });
    return types.map((Type) => {
      const x = filled(Type, at.length, 5);
      const out = new Type(size);
      if (!spreadStrided(x, { extents, ...layout }, out, value)) return false;
      const expected = new Type(size).fill(value);
      const bits = bitsOf(expected);
      at.forEach((place, i) => (bits[place] = bitsOf(x)[i]!));
      expect(firstDifference(out, bits)).toBe(-1);
      return true;
    });
  }

  it.each([0, -0, 3, Number.NaN, -Infinity])("writes elements apart, and %d between them", (value) => {
    const taken = [true, true];
    expect(check([20, 30], { offset: 34, strides: [33, 1] }, 22 * 33, value)).toEqual(taken);
    expect(check([20, 30], { offset: 5, strides: [99, 3] }, 2000, value)).toEqual(taken);
    expect(check([4, 150], { offset: 1, strides: [160, 1] }, 640, value)).toEqual(taken);
    expect(check([4, 1, 130, 2], { offset: 0, strides: [700, 9, 5, 2] }, 2800, value)).toEqual(taken);
    expect(check([600], { offset: 7, strides: [1] }, 700, value)).toEqual(taken);
    expect(check([511], { offset: 7, strides: [1] }, 700, value)).toEqual([false, false]);
  });
});

it("stays below what browsers compile synchronously", () => {
  expect(assembleMovement().length).toBeLessThan(4096);
});

it("packs strides", () => {
  expect(packedStrides([2, 3, 4])).toEqual([12, 4, 1]);
  expect(packedStrides([])).toEqual([]);
});
