import type { UnaryMathName } from "../src/math/math-functions.ts";

/** The elementary functions in float64. */
export const mathReference: { readonly [Name in UnaryMathName]: (x: number) => number } = {
  exp: Math.exp,
  log: Math.log,
  sigmoid: (x) => {
    const e = Math.exp(-Math.abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
  },
  tanh: Math.tanh,
};
