import { describe, expect, it } from "vitest";
import { randomNumbers } from "../../test/reference-gemm.ts";
import { unitInLastPlace } from "../../test/unit-in-last-place.ts";
import { foldGroups } from "./fold-groups.ts";
import { groupLayout } from "./group-layout.ts";
import { standardizeGroups, standardizeGroupsGrad } from "./standardize-groups.ts";

type Case = readonly [shape: readonly number[], axes: readonly number[]];

/** All patterns of axes; extents around vectors, chunks and what is staged at once. */
const cases: readonly Case[] = [
  [[], []],
  [[1], [0]],
  [[5], []],
  [[7], [0]],
  [[1, 1], [1]],
  [[3, 1, 8], [2]],
  [[9, 5], [1]],
  [[9, 5], [0]],
  [[33, 64], [1]],
  [[33, 64], [0]],
  [
    [4, 3, 49],
    [0, 2],
  ],
  [[6, 4, 9], [1]],
  [
    [2, 3, 4, 5],
    [1, 3],
  ],
  [
    [2, 3, 4, 5],
    [0, 2],
  ],
  [
    [3, 4, 5, 2, 3],
    [0, 2, 4],
  ],
  [[130, 1003], [1]],
  [[130, 1003], [0]],
  [[17, 2049], [0]],
  [[5, 5001], [0]],
  [[4100, 9], [1]],
  [[4100, 9], [0]],
  [[2, 32768], [1]],
  [[2, 32769], [1]],
  [
    [3, 2, 40001],
    [0, 2],
  ],
  [[70001], [0]],
];

/** The group of each element, and how many there are, by its index. */
function groupsOf([shape, axes]: Case): { group: Int32Array; groups: number } {
  const size = shape.reduce((all, extent) => all * extent, 1);
  const group = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    let [rest, step] = [i, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const extent = shape[axis]!;
      if (!axes.includes(axis)) {
        group[i] = group[i]! + (rest % extent) * step;
        step *= extent;
      }
      rest = Math.floor(rest / extent);
    }
  }
  return { group, groups: shape.reduce((all, extent, axis) => (axes.includes(axis) ? all : all * extent), 1) };
}

function drawn(size: number, seed: number, shift = 0): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: size }, () => random() + shift);
}

function expectClose(got: Float32Array, expected: Float64Array, units: number): void {
  got.forEach((value, i) => {
    const wanted = Math.fround(expected[i]!);
    if (Object.is(value, wanted)) return;
    if (!(Math.abs(value - wanted) <= units * unitInLastPlace(wanted, "float32"))) {
      expect.fail(`[${i}]: ${value}, not ${wanted}`);
    }
  });
}

describe.each(cases.map((one) => [JSON.stringify(one), one] as const))("%s", (_, one) => {
  const { group, groups } = groupsOf(one);
  const size = group.length;
  const layout = groupLayout(...one)!;

  it.each([["sum"], ["max"], ["min"]] as const)("%s", (name) => {
    const x = drawn(size, size, 0.3);
    if (size > 6) x.set([Number.NaN, -0, 0, Infinity], size % 3);
    const start = { sum: 0, max: -Infinity, min: Infinity }[name];
    const expected = new Float64Array(groups).fill(start);
    const combine = { sum: (a: number, b: number) => a + b, max: Math.max, min: Math.min }[name];
    x.forEach((value, i) => (expected[group[i]!] = combine(expected[group[i]!]!, value)));
    const totals = new Float64Array(groups).fill(start);
    foldGroups(name, x, layout, totals);
    totals.forEach((total, i) => {
      if (Object.is(total, expected[i])) return;
      expect(name).toBe("sum");
      expect(total).toBeCloseTo(expected[i]!, 9);
    });
  });

  it.each([
    [true, 1e-5, 0],
    [true, 1e-5, 3e4],
    [false, 1e-5, 0.5],
    [true, 0, 0],
  ] as const)("standardizes and its gradient: center %s, eps %f, offset %f", (center, eps, offset) => {
    const x = drawn(size, size + 1, offset);
    const g = drawn(size, size + 2);
    const count = size / groups;
    const zeros = (): Float64Array => new Float64Array(groups);
    const [mean, moment, averages, along] = [zeros(), zeros(), zeros(), zeros()];
    const at = (numbers: Float64Array, i: number): number => numbers[group[i]!]!;
    const put = (numbers: Float64Array, i: number, value: number): void => {
      numbers[group[i]!] = numbers[group[i]!]! + value / count;
    };
    // The mean in two passes, the second one of small numbers.
    if (center) {
      x.forEach((value, i) => put(mean, i, value));
      const rest = zeros();
      x.forEach((value, i) => put(rest, i, value - at(mean, i)));
      mean.forEach((value, i) => (mean[i] = value + rest[i]!));
    }
    x.forEach((value, i) => put(moment, i, (value - at(mean, i)) ** 2));
    const rstd = moment.map((value) => 1 / Math.sqrt(value + eps));
    const xhat = Float64Array.from(x, (value, i) => (value === at(mean, i) ? 0 : (value - at(mean, i)) * at(rstd, i)));
    const got = { xhat: new Float32Array(size), rstd: new Float32Array(groups), dx: new Float32Array(size) };
    standardizeGroups(x, layout, { eps, center }, got.xhat, got.rstd);
    // Sums in another order round otherwise, which tells where what is left of an element is small.
    const tolerance = offset === 3e4 ? 64 : 4;
    expectClose(got.rstd, rstd, 1);
    expectClose(got.xhat, xhat, tolerance);
    if (count === 1 && eps === 0) return;
    g.forEach((value, i) => put(averages, i, center ? value : 0));
    g.forEach((value, i) => put(along, i, value * (x[i]! - at(mean, i)) * at(rstd, i)));
    standardizeGroupsGrad(g, x, layout, { eps, center }, got.dx);
    got.dx.forEach((value, i) => {
      const wanted = at(rstd, i) * (g[i]! - at(averages, i) - (x[i]! - at(mean, i)) * at(rstd, i) * at(along, i));
      if (!(Math.abs(value - wanted) <= 1.2e-7 * at(rstd, i))) expect.fail(`dx[${i}]: ${value}, not ${wanted}`);
    });
  });
});

it("has no groups in nothing", () => {
  expect(groupLayout([3, 0], [1])).toBeUndefined();
  expect(groupLayout([0], [])).toBeUndefined();
});
