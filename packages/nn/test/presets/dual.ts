/** A number and its derivative along one direction: plain loops over these give exact derivatives, without a tape. */
export interface Dual {
  readonly value: number;
  readonly slope: number;
}

export const constant = (value: number): Dual => ({ value, slope: 0 });
export const add = (a: Dual, b: Dual): Dual => ({ value: a.value + b.value, slope: a.slope + b.slope });
export const sub = (a: Dual, b: Dual): Dual => ({ value: a.value - b.value, slope: a.slope - b.slope });
export const mul = (a: Dual, b: Dual): Dual => ({
  value: a.value * b.value,
  slope: a.slope * b.value + a.value * b.slope,
});
export const scale = (a: Dual, factor: number): Dual => ({ value: a.value * factor, slope: a.slope * factor });
/** A function by its value and its derivative. */
const by =
  (f: (x: number) => number, df: (x: number) => number) =>
  (a: Dual): Dual => ({ value: f(a.value), slope: a.slope * df(a.value) });

export const rsqrt: (a: Dual) => Dual = by((x) => 1 / Math.sqrt(x), (x) => -0.5 / (x * Math.sqrt(x))); // prettier-ignore
export const exp: (a: Dual) => Dual = by(Math.exp, Math.exp);
export const reciprocal: (a: Dual) => Dual = by((x) => 1 / x, (x) => -1 / (x * x)); // prettier-ignore
export const tanh: (a: Dual) => Dual = by(Math.tanh, (x) => 1 - Math.tanh(x) ** 2);
export const leakyRelu = (slope: number): ((a: Dual) => Dual) => by((x) => (x > 0 ? x : slope * x), (x) => (x > 0 ? 1 : slope)); // prettier-ignore

/** erf by its power series, for the small numbers of tests. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
const cdf = by((x) => 0.5 * (1 + erf(x / Math.SQRT2)), (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)); // prettier-ignore

/** GELU, exact or by tanh. */
export const gelu =
  (approximate: "none" | "tanh") =>
  (a: Dual): Dual => {
    if (approximate === "none") return mul(a, cdf(a));
    const inner = scale(add(a, scale(mul(a, mul(a, a)), 0.044715)), Math.sqrt(2 / Math.PI));
    return mul(scale(a, 0.5), add(constant(1), tanh(inner)));
  };

export const sum = (terms: readonly Dual[]): Dual => terms.reduce(add, constant(0));
export const mean = (terms: readonly Dual[]): Dual => scale(sum(terms), 1 / terms.length);
