import type { NoAttrs, UnarySignatures } from "@tapegrad/tensor/internal";
import { elementwise } from "../nd.ts";
import { type Case, drawn, type Entries, type Entry, given } from "./case.ts";

const specials = [0, -0, 0.5, -0.5, 1.5, 2.5, -2.5, 1, -1, 30, -30, 1e300, -1e300, 1e-300, Infinity, -Infinity, NaN];

const ordinary: Case<NoAttrs>[] = [
  { attrs: {}, inputs: [drawn()] },
  { attrs: {}, inputs: [drawn(7)] },
  { attrs: {}, inputs: [drawn(2, 3)] },
  { attrs: {}, inputs: [drawn(1, 1, 1)] },
  { attrs: {}, inputs: [drawn(2, 0, 3)] },
  { attrs: {}, inputs: [given([specials.length], specials)], smooth: false },
];

interface Domain {
  readonly domain?: readonly [number, number];
  readonly kink?: (x: number) => number;
}

/** An entry for a function of one element; the attributes of all of them are empty. */
function unary(f: (x: number) => number, domain: Domain = {}): Entry<NoAttrs> {
  return { reference: (inputs) => [elementwise(inputs, f)], cases: ordinary, ...domain };
}

/** erf and erfc by their integral, with Simpson's rule. */
function integral(x: number): number {
  const end = Math.min(Math.abs(x), 7);
  const n = 4000;
  let sum = 0;
  for (let i = 0; i <= n; i++) {
    const t = (end * i) / n;
    sum += (i === 0 || i === n ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-t * t);
  }
  return ((2 / Math.sqrt(Math.PI)) * sum * end) / (3 * n);
}

const erf = (x: number): number => (Number.isNaN(x) ? NaN : Math.sign(x) * integral(x));
const halfEven = (x: number): number => {
  const near = Math.floor(x);
  if (x - near !== 0.5) return Math.round(x);
  return near % 2 === 0 ? near : near + 1;
};

const toZero = Math.abs;
const toInteger = (x: number): number => Math.abs(x - Math.round(x));
const toHalf = (x: number): number => toInteger(x - 0.5);

export const unaryCases: Entries<keyof UnarySignatures> = {
  neg: unary((x) => -x),
  abs: unary(Math.abs, { kink: toZero }),
  sign: unary(Math.sign, { kink: toZero }),
  exp: unary(Math.exp),
  expm1: unary(Math.expm1),
  log: unary(Math.log, { domain: [0.1, 3] }),
  log1p: unary(Math.log1p, { domain: [-0.8, 3] }),
  sqrt: unary(Math.sqrt, { domain: [0.1, 3] }),
  rsqrt: unary((x) => 1 / Math.sqrt(x), { domain: [0.2, 3] }),
  reciprocal: unary((x) => 1 / x, { domain: [0.3, 2] }),
  square: unary((x) => x * x),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  atan: unary(Math.atan),
  tanh: unary(Math.tanh),
  sigmoid: unary((x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)))),
  erf: unary(erf),
  erfc: unary((x) => 1 - erf(x)),
  relu: unary((x) => (x < 0 ? 0 : x), { kink: toZero }),
  floor: unary(Math.floor, { kink: toInteger }),
  ceil: unary(Math.ceil, { kink: toInteger }),
  round: unary(halfEven, { kink: toHalf }),
  logicalNot: {
    reference: (inputs) => [elementwise(inputs, (x) => (x === 0 ? 1 : 0))],
    cases: [{ attrs: {}, inputs: [given([3], [0, 1, 1], "bool")] }],
  },
  cast: {
    reference: (inputs) => [elementwise(inputs, (x) => x)],
    cases: [
      { attrs: { dtype: "float64" }, inputs: [drawn(2, 3)] },
      { attrs: { dtype: "float64" }, inputs: [drawn()] },
      { attrs: { dtype: "float64" }, inputs: [drawn(0)] },
      { attrs: { dtype: "float64" }, inputs: [given([3], [1, -2, 3], "int32")], smooth: false },
    ],
  },
};
