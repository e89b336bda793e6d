import type { BinarySignatures, NoAttrs } from "@tapegrad/tensor/internal";
import { elementwise } from "../nd.ts";
import { type Case, drawn, type Entries, type Entry, given } from "./case.ts";

/** Pairs of shapes that broadcast in every way, equal and degenerate ones included. */
const pairs: Case<NoAttrs>[] = [
  { attrs: {}, inputs: [drawn(), drawn()] },
  { attrs: {}, inputs: [drawn(5), drawn(5)] },
  { attrs: {}, inputs: [drawn(2, 3), drawn()] },
  { attrs: {}, inputs: [drawn(3), drawn(2, 3)] },
  { attrs: {}, inputs: [drawn(2, 1), drawn(1, 3)] },
  { attrs: {}, inputs: [drawn(2, 1, 3), drawn(4, 1)] },
  { attrs: {}, inputs: [drawn(1, 1), drawn(1)] },
  { attrs: {}, inputs: [drawn(0, 3), drawn(1, 3)] },
];

const special = [0, -0, 1, -1, 2.5, Infinity, -Infinity, NaN];
const specials: Case<NoAttrs> = {
  attrs: {},
  inputs: [given([special.length, 1], special), given([special.length], special)],
  smooth: false,
};
/** Base and exponent, or dividend and divisor: the second is kept away from the first one's kinks by hand. */
const quotients: Case<NoAttrs>[] = [
  { attrs: {}, inputs: [given([4], [1.3, -2.6, 5.9, -0.4]), given([4], [0.5, 0.7, -0.8, -0.9])] },
  { attrs: {}, inputs: [given([2, 1], [1.3, 2.9]), given([3], [0.9, -0.5, 0.7])] },
  { attrs: {}, inputs: [given([1], [1.3]), given([], [0.9])] },
  { attrs: {}, inputs: [drawn(0), drawn(0)] },
];

const smooth = (f: (a: number, b: number) => number, domain?: readonly [number, number]): Entry<NoAttrs> => ({
  reference: (inputs) => [elementwise(inputs, f)],
  cases: [...pairs, specials],
  ...(domain === undefined ? {} : { domain }),
});

const integers = given([4], [-3, 0, 2, 2], "int32");
const compared = (f: (a: number, b: number) => boolean): Entry<NoAttrs> => ({
  reference: (inputs) => [elementwise(inputs, (a, b) => (f(a, b) ? 1 : 0))],
  cases: [specials, { attrs: {}, inputs: [integers, given([2, 1], [2, 0], "int32")], smooth: false }],
});

const bools = [given([2, 1], [0, 1], "bool"), given([2], [0, 1], "bool")] as const;
const logical = (f: (a: number, b: number) => boolean): Entry<NoAttrs> => ({
  reference: (inputs) => [elementwise(inputs, (a, b) => (f(a, b) ? 1 : 0))],
  cases: [{ attrs: {}, inputs: bools, smooth: false }],
});

export const binaryCases: Entries<keyof BinarySignatures> = {
  add: smooth((a, b) => a + b),
  sub: smooth((a, b) => a - b),
  mul: smooth((a, b) => a * b),
  div: smooth((a, b) => a / b, [0.4, 2]),
  pow: {
    ...smooth((a, b) => a ** b, [0.3, 2]),
    cases: [
      ...pairs,
      // As in C, 1 to any power is 1.
      { attrs: {}, inputs: [given([4, 1], [0, 2.5, -1.5, Infinity]), given([4], [0, 1, 2, -2])], smooth: false },
      // A whole exponent of a negative base; its own derivative does not exist.
      { attrs: {}, inputs: [drawn(3), given([1], [2])] },
    ],
  },
  maximum: smooth(Math.max),
  minimum: smooth(Math.min),
  remainder: { ...smooth((a, b) => a - b * Math.floor(a / b)), cases: quotients },
  eq: compared((a, b) => a === b),
  ne: compared((a, b) => a !== b),
  lt: compared((a, b) => a < b),
  le: compared((a, b) => a <= b),
  gt: compared((a, b) => a > b),
  ge: compared((a, b) => a >= b),
  logicalAnd: logical((a, b) => a !== 0 && b !== 0),
  logicalOr: logical((a, b) => a !== 0 || b !== 0),
  where: {
    reference: (inputs) => [elementwise(inputs, (condition, a, b) => (condition === 0 ? b : a))],
    cases: [
      { attrs: {}, inputs: [given([3], [0, 1, 1], "bool"), drawn(3), drawn(3)] },
      { attrs: {}, inputs: [given([2, 1], [0, 1], "bool"), drawn(3), drawn()] },
      { attrs: {}, inputs: [given([], [1], "bool"), drawn(2, 3), drawn(1, 3)] },
      { attrs: {}, inputs: [given([0], [], "bool"), drawn(0), drawn(1)] },
    ],
  },
};
