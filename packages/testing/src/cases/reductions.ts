import type { AttrsOf, ReductionSignatures } from "@tapegrad/tensor/internal";
import { build, fiber, moved, type Nd } from "../nd.ts";
import { type Case, drawn, type Entries, type Entry, given } from "./case.ts";

/** Reduced axes stay with extent 1. */
function reduced(x: Nd, axes: readonly number[], f: (elements: number[]) => number): Nd {
  const shape = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  return build(shape, (position) => f(fiber(x, position, axes)));
}

const reduction = (
  f: (elements: number[]) => number,
  more: readonly Case<AttrsOf<"sum">>[] = [],
): Entry<AttrsOf<"sum">> => ({
  reference: ([x], { axes }) => [reduced(x!, axes, f)],
  cases: [
    { attrs: { axes: [0] }, inputs: [drawn(6)] },
    { attrs: { axes: [1] }, inputs: [drawn(2, 3)] },
    { attrs: { axes: [0] }, inputs: [drawn(3, 4)] },
    { attrs: { axes: [0, 2] }, inputs: [drawn(2, 3, 2)] },
    { attrs: { axes: [0, 1, 2] }, inputs: [drawn(2, 2, 2)] },
    { attrs: { axes: [] }, inputs: [drawn(2, 2)] },
    { attrs: { axes: [] }, inputs: [drawn()] },
    { attrs: { axes: [1] }, inputs: [drawn(3, 1)] },
    { attrs: { axes: [1] }, inputs: [drawn(0, 2)] },
    ...more,
  ],
});

const extreme = (f: (...elements: number[]) => number): Entry<AttrsOf<"max">> =>
  reduction(
    (elements) => f(...elements),
    [{ attrs: { axes: [1] }, inputs: [given([2, 3], [1, NaN, 3, -Infinity, Infinity, 0])], smooth: false }],
  );

/** Position of the first best element; a NaN is the best. */
const firstBest = (sign: number) => (elements: number[]) =>
  elements.reduce((best, x, i) => {
    const leader = elements[best]!;
    return !Number.isNaN(leader) && (Number.isNaN(x) || sign * x > sign * leader) ? i : best;
  }, 0);

const positionOf = (sign: number): Entry<AttrsOf<"argmax">> => ({
  reference: ([x], { axis }) => [reduced(x!, [axis], firstBest(sign))],
  cases: [
    { attrs: { axis: 0 }, inputs: [given([5], [1, 3, 3, -3, -3])] },
    { attrs: { axis: 1 }, inputs: [drawn(2, 3)] },
    { attrs: { axis: 0 }, inputs: [given([3, 2], [1, NaN, 2, Infinity, -Infinity, 0])], smooth: false },
  ],
});

const cumsum = (x: Nd, axis: number, reverse: boolean): Nd =>
  build(x.shape, (position) => {
    const line = fiber(x, position, [axis]);
    const here = position[axis]!;
    return (reverse ? line.slice(here) : line.slice(0, here + 1)).reduce((sum, element) => sum + element, 0);
  });

const argsort = (x: Nd, axis: number, descending: boolean): Nd =>
  build(x.shape, (position) => {
    const line = fiber(x, moved(position, axis, 0), [axis]);
    const order = line.map((_, i) => i).toSorted((a, b) => (descending ? -1 : 1) * (line[a]! - line[b]!) || a - b);
    return order[position[axis]!]!;
  });

const zeros = (axes: AttrsOf<"prod">["axes"], shape: number[], data: number[]): Case<AttrsOf<"prod">> => ({
  attrs: { axes },
  inputs: [given(shape, data)],
});

export const reductionCases: Entries<keyof ReductionSignatures> = {
  sum: reduction(
    (elements) => elements.reduce((sum, x) => sum + x, 0),
    [
      { attrs: { axes: [1] }, inputs: [drawn(2, 0)] },
      { attrs: { axes: [0] }, inputs: [given([3], [Infinity, 1, NaN])], smooth: false },
    ],
  ),
  prod: reduction(
    (elements) => elements.reduce((product, x) => product * x, 1),
    [
      { attrs: { axes: [1] }, inputs: [drawn(2, 0)] },
      zeros([0], [3], [2, 0, 3]),
      zeros([0], [4], [2, 0, 0, 3]),
      zeros([0], [2], [0, 0]),
      zeros([0], [3], [0, 0, 0]),
      zeros([1], [2, 4], [1, 2, 0, 4, 5, 0, 7, 0]),
      zeros([0, 2], [2, 2, 2], [1, 0, 3, 4, 5, 6, 0, 8]),
      { attrs: { axes: [0] }, inputs: [drawn(9)] },
    ],
  ),
  max: extreme(Math.max),
  min: extreme(Math.min),
  argmax: positionOf(1),
  argmin: positionOf(-1),
  cumsum: {
    reference: ([x], { axis, reverse }) => [cumsum(x!, axis, reverse)],
    cases: [
      { attrs: { axis: 0, reverse: false }, inputs: [drawn(5)] },
      { attrs: { axis: 0, reverse: true }, inputs: [drawn(5)] },
      { attrs: { axis: 1, reverse: false }, inputs: [drawn(2, 3, 2)] },
      { attrs: { axis: 1, reverse: true }, inputs: [drawn(2, 3, 2)] },
      { attrs: { axis: 1, reverse: false }, inputs: [drawn(2, 1)] },
      { attrs: { axis: 0, reverse: false }, inputs: [drawn(0, 2)] },
    ],
  },
  argsort: {
    reference: ([x], { axis, descending }) => [argsort(x!, axis, descending)],
    cases: [
      { attrs: { axis: 0, descending: false }, inputs: [given([6], [3, 1, 2, 1, 3, 0])] },
      { attrs: { axis: 0, descending: true }, inputs: [given([6], [3, 1, 2, 1, 3, 0])] },
      { attrs: { axis: 1, descending: true }, inputs: [drawn(2, 4)] },
    ],
  },
};
