import { describe, expect, it } from "vitest";
import { randomNumbers } from "../../test/reference-gemm.ts";
import { packedStrides } from "./axes.ts";
import { addStrided, extremeStrided, gatherStrided, scatterAddStrided } from "./index-strided.ts";

const sizeOf = (extents: readonly number[]): number => extents.reduce((size, extent) => size * extent, 1);

/** Elements of many magnitudes, so that the order and the precision of sums show. */
function drawn(length: number, seed: number): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from({ length }, () => random() * 10 ** (4 * random()));
}

/** An index along `axis` of an array of `shape`, and where each of its elements lies in that array. */
function indexOf(shape: readonly number[], extents: readonly number[], axis: number) {
  const random = randomNumbers(sizeOf(extents));
  const index = Int32Array.from({ length: sizeOf(extents) }, () => Math.floor(((random() + 1) / 2) * shape[axis]!));
  const strides = packedStrides(shape);
  const along = strides[axis]!;
  strides[axis] = 0;
  const own = packedStrides(extents);
  const at = Array.from(index, (position, i) =>
    own.reduce((sum, step, k) => sum + (Math.floor(i / step) % extents[k]!) * strides[k]!, position * along),
  );
  return { indexed: { extents, strides, along, index }, at };
}

const indexes: readonly [shape: number[], extents: number[], axis: number][] = [
  [[4], [600], 0],
  [[700], [600], 0],
  [[30, 20], [50, 20], 0],
  [[30, 20], [30, 25], 1],
  [[30, 20], [25, 60], 1],
  [[6, 50, 7], [6, 20, 7], 1],
  [[6, 50, 7], [5, 90, 4], 1],
  [[9, 8, 7, 6], [3, 8, 10, 5], 2],
  [[1, 40, 1], [1, 600, 1], 1],
];

describe.each(indexes)("an index into %j of extents %j along axis %d", (shape, extents, axis) => {
  const { indexed, at } = indexOf(shape, extents, axis);

  it("gathers", () => {
    const x = drawn(sizeOf(shape), 1);
    x[3] = Number.NaN;
    const out = new Float32Array(at.length);
    expect(gatherStrided(x, indexed, out)).toBe(true);
    expect(out).toEqual(Float32Array.from(at, (place) => x[place]!));
    const words = Int32Array.from(x, (element) => element * 1000);
    const taken = new Int32Array(at.length);
    expect(gatherStrided(words, indexed, taken)).toBe(true);
    expect(taken).toEqual(Int32Array.from(at, (place) => words[place]!));
  });

  it("adds in float64, in order", () => {
    const [x, src] = [drawn(sizeOf(shape), 2), drawn(at.length, 3)];
    src[5] = Infinity;
    const totals = Float64Array.from(x);
    at.forEach((place, i) => (totals[place] = totals[place]! + src[i]!));
    const out = new Float32Array(x.length);
    expect(scatterAddStrided(x, indexed, src, out)).toBe(true);
    expect(out).toEqual(Float32Array.from(totals));
  });
});

it("leaves small indexes to a plain loop, and those that take little of much", () => {
  const small = indexOf([10], [511], 0).indexed;
  expect(gatherStrided(new Float32Array(10), small, new Float32Array(511))).toBe(false);
  const sparse = indexOf([3000], [512], 0).indexed;
  expect(gatherStrided(new Float32Array(3000), sparse, new Float32Array(512))).toBe(false);
  const none = { extents: [0], strides: [0], along: 1, index: new Int32Array(0) };
  expect(scatterAddStrided(new Float32Array(3000), none, new Float32Array(0), new Float32Array(3000))).toBe(false);
  expect(scatterAddStrided(new Float32Array(10), small, new Float32Array(511), new Float32Array(10))).toBe(true);
});

describe("addStrided", () => {
  function check(extents: readonly number[], strides: readonly number[], size: number): void {
    const x = drawn(sizeOf(extents), 4);
    x[7] = Number.NaN;
    const totals = new Float64Array(size);
    const own = packedStrides(extents);
    x.forEach((element, i) => {
      const to = own.reduce((sum, step, k) => sum + (Math.floor(i / step) % extents[k]!) * strides[k]!, 0);
      totals[to] = totals[to]! + element;
    });
    const out = new Float32Array(size);
    expect(addStrided(x, extents, strides, out)).toBe(true);
    expect(out.findIndex((element, i) => !Object.is(element, Math.fround(totals[i]!)))).toBe(-1);
  }

  it.each<[string, number[], number[], number]>([
    ["images", [3, 2, 5, 5, 8, 8], [288, 144, 12, 1, 12, 1], 864],
    ["images with rows left over", [2, 3, 3, 3, 4, 5], [240, 80, 8, 1, 16, 2], 482],
    ["windows of one axis that overlap", [300, 5], [2, 1], 604],
    ["windows of one axis that do not meet", [300, 2], [3, 1], 899],
    ["dilated windows", [100, 3, 4], [17, 4, 1], 1703],
    ["everything on one place", [600], [0], 1],
    ["one row", [40, 15], [0, 1], 15],
    ["axes of one element", [1, 26, 1, 20, 1], [5, 20, 3, 1, 9], 520],
  ])("%s", (_, extents, strides, size) => check(extents, strides, size));

  it("adds in pieces what is larger than a piece, if they do not meet", () => {
    check([50, 3, 3, 30, 30], [1024, 32, 1, 32, 1], 50 * 1024);
    check([400, 30, 30], [300, 30, 1], 400 * 300 + 600);
    check([401, 30, 31], [930, 31, 1], 401 * 930);
  });

  it("leaves little to a plain loop", () => {
    expect(addStrided(new Float32Array(511), [511], [1], new Float32Array(511))).toBe(false);
  });
});

describe.each(["argmax", "argmin"] as const)("%s", (name) => {
  it.each([
    [30, 7, 5],
    [20, 4, 16],
    [300, 65, 1],
    [1, 600, 1],
    [1, 3, 513],
    [513, 1, 1],
    [40, 5, 3],
    [200, 2, 2],
  ])("finds the first extreme of %d blocks of %d × %d", (outer, n, stride) => {
    const random = randomNumbers(n);
    // Few values, so that there are ties; NaN of both signs, infinities, both zeros.
    const values = [1, -1, 0, -0, 2, -2, 0.5, Infinity, -Infinity, Number.NaN, 3, -3, 5, -5, 4, -4];
    const x = Float32Array.from({ length: outer * n * stride }, () => values[Math.floor((random() + 1) * 8)]!);
    const out = new Int32Array(outer * stride);
    expect(extremeStrided(name, x, n, stride, out)).toBe(true);
    const sign = name === "argmax" ? 1 : -1;
    const expected = Int32Array.from(out, (_, line) => {
      const first = Math.floor(line / stride) * n * stride + (line % stride);
      const own = Array.from({ length: n }, (__, k) => sign * x[first + k * stride]!);
      const firstNaN = own.findIndex(Number.isNaN);
      return firstNaN >= 0 ? firstNaN : own.findIndex((value) => own.every((other) => value >= other));
    });
    expect(out).toEqual(expected);
  });

  it("leaves little to a plain loop", () => {
    expect(extremeStrided(name, new Float32Array(511), 511, 1, new Int32Array(1))).toBe(false);
  });
});
