import type { Filter } from "./interpolation-mode.ts";

/** What becomes of one axis. */
export interface Resizing {
  /** Extent before. */
  readonly from: number;
  /** Extent after. */
  readonly to: number;
  /** Distance of neighbours afterwards, in elements before. */
  readonly step: number;
}

/** What the elements after are made of: `count` positions before, and their weights, the first ones of all elements first. */
export interface Taps {
  readonly count: number;
  readonly at: readonly number[];
  /** None where there is one position for each element. */
  readonly weights: readonly number[] | undefined;
}

const a = -0.75;
/** The cubic convolution kernel, as polynomials of the distance: of the two nearest elements, and of the two beyond. */
export const inner: Cubic = [1, 0, -(a + 3), a + 2];
export const outer: Cubic = [-4 * a, 8 * a, -5 * a, a];

/** Coefficients, the constant first. */
export type Cubic = readonly [number, number, number, number];

const valueAt = ([c0, c1, c2, c3]: Cubic, d: number): number => ((c3 * d + c2) * d + c1) * d + c0;

/** The weights of the elements at −1, 0, 1 and 2, of an element at `t`. */
const cubicWeights = (t: number): readonly number[] => [
  valueAt(outer, 1 + t),
  valueAt(inner, t),
  valueAt(inner, 1 - t),
  valueAt(outer, 2 - t),
];

/** What each element of the resized axis is made of; the ends of the axis go on for ever. */
export function tapsOf(filter: Filter, alignCorners: boolean, { from, to, step }: Resizing): Taps {
  const within = (position: number): number => Math.min(Math.max(position, 0), from - 1);
  const each = Array.from({ length: to }, (_, i) => i);
  if (filter === "nearest" || filter === "nearest-exact") {
    const shift = filter === "nearest" ? 0 : 0.5;
    return { count: 1, at: each.map((i) => within(Math.floor(times(i + shift, from, to, step)))), weights: undefined };
  }
  const first = filter === "linear" ? 0 : -1;
  const placed = each.map((i) => {
    const source = alignCorners ? (to > 1 ? (i * (from - 1)) / (to - 1) : 0) : times(i + 0.5, from, to, step) - 0.5;
    const position = filter === "linear" ? within(source) : source;
    return { low: Math.floor(position), t: position - Math.floor(position) };
  });
  const weightsAt = placed.map(({ t }) => (filter === "linear" ? [1 - t, t] : cubicWeights(t)));
  const taps = Array.from({ length: filter === "linear" ? 2 : 4 }, (_, k) => k);
  return {
    count: taps.length,
    at: taps.flatMap((k) => placed.map(({ low }) => within(low + first + k))),
    weights: taps.flatMap((k) => weightsAt.map((weights) => weights[k]!)),
  };
}

/** `i·step`; a step of `from / to` is divided last, so that what is whole comes out whole. */
function times(i: number, from: number, to: number, step: number): number {
  return step === from / to ? (i * from) / to : i * step;
}
