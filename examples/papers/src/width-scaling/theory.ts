import { mean } from "../house/spread.ts";

/** E σ(z)² of the sigmoid σ and z normal with mean 0, by the trapezoidal rule, whose error is below 1e-12 here. */
function squareOfSigmoid(variance: number): number {
  const deviation = Math.sqrt(variance);
  const step = 1 / 64;
  let sum = 0;
  for (let t = -10; t <= 10; t += step) {
    const sigmoid = 1 / (1 + Math.exp(-deviation * t));
    sum += sigmoid ** 2 * Math.exp((-t * t) / 2);
  }
  return (sum * step) / Math.sqrt(2 * Math.PI);
}

/**
 * Variance of the output of two hidden layers of N sigmoids with weights N(0, 1), of what goes into the first one variance 1:
 * `N^(1 − 2γ₂) · E σ(z)²`, where z has variance `N^(1 − 2γ₁) · E σ(u)²` and u variance 1, but for terms smaller by 1/N.
 */
export function varianceInTheory(
  width: number,
  { inner, outer }: { readonly inner: number; readonly outer: number },
): number {
  const second = width ** (1 - 2 * inner) * squareOfSigmoid(1);
  return width ** (1 - 2 * outer) * squareOfSigmoid(second);
}

/** Slope of the straight line that fits best, both in logarithms. */
export function slopeOf(xs: readonly number[], ys: readonly number[]): number {
  const [x, y] = [xs, ys].map((values) => values.slice(0, ys.length).map(Math.log)) as [number[], number[]];
  const [centreX, centreY] = [mean(x), mean(y)];
  const products = x.reduce((sum, value, i) => sum + (value - centreX) * (y[i]! - centreY), 0);
  return products / x.reduce((sum, value) => sum + (value - centreX) ** 2, 0);
}
