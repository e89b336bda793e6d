const a = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
];
const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1];
const c = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

/**
 * Quantile of the standard normal distribution: the z with `P(Z ≤ z) = p`, relative error 1.2e-9.
 *
 * Acklam's rational approximation.
 *
 * @param p in (0, 1)
 */
export function normalQuantile(p: number): number {
  const tail = 0.02425;
  if (p < tail) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(c, q) / polynomial(d, q);
  }
  if (p > 1 - tail) return -normalQuantile(1 - p);
  const q = p - 0.5;
  return (q * polynomial(a, q * q)) / polynomial(b, q * q);
}

/**
 * Distribution function of the standard normal distribution, `P(Z ≤ z)`, to about 1e-13 relative in
 * both tails.
 */
export function normalCdf(z: number): number {
  if (z > 0) return 1 - normalCdf(-z);
  const x = -z;
  if (x > 2) {
    // Continued fraction of the Mills ratio.
    let ratio = x;
    for (let k = 200; k >= 1; k--) ratio = x + k / ratio;
    return Math.exp((-x * x) / 2) / (Math.sqrt(2 * Math.PI) * ratio);
  }
  // Φ(−x) = 1/2 − φ(x)(x + x³/3 + x⁵/15 + ...)
  let term = x;
  let sum = x;
  for (let k = 3; term > sum * 1e-17 && term !== 0; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
