const twoOverRootPi = 2 / Math.sqrt(Math.PI);

/** `erf(x) = 2/√π Σ (−1)ⁿ x^(2n+1) / (n! (2n+1))`, for |x| < 1 where cancellation does not hurt. */
function erfNearZero(x: number): number {
  const square = x * x;
  // Also keeps the sign of a zero.
  if (square === 0) return twoOverRootPi * x;
  let power = x;
  let total = x;
  for (let n = 1; n < 24; n++) {
    power *= -square / n;
    total += power / (2 * n + 1);
  }
  return twoOverRootPi * total;
}

/** `exp(x²) erfc(x)` for x ≥ 0.5, slowly and to full precision; the source of the fit below. */
function scaledTail(x: number): number {
  // Laplace's continued fraction, evaluated from far inside.
  let fraction = x;
  for (let n = 1600; n >= 1; n--) fraction = x + n / 2 / fraction;
  return 1 / (fraction * Math.sqrt(Math.PI));
}

// scaledTail on x ≥ 0.5 as a Chebyshev series in u = (x − c)/(x + c), which maps [0.5, ∞) into a finite interval.
const centre = 3;
const lowest = (0.5 - centre) / (0.5 + centre);
const highest = 1;
let coefficients: Float64Array | undefined;

function fit(): Float64Array {
  const n = 32;
  const samples = Array.from({ length: n }, (_, k) => {
    const t = Math.cos((Math.PI * (k + 0.5)) / n);
    const u = ((highest - lowest) / 2) * t + (highest + lowest) / 2;
    const x = (centre * (1 + u)) / (1 - u);
    // Times (x + c), so that the limit at infinity is finite.
    return scaledTail(x) * (x + centre);
  });
  const series = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let total = 0;
    for (let k = 0; k < n; k++) total += samples[k]! * Math.cos((Math.PI * j * (k + 0.5)) / n);
    series[j] = (2 * total) / n;
  }
  return series;
}

/** `exp(x²) erfc(x)` for x ≥ 1 by Clenshaw's recurrence. */
function scaledTailFast(x: number): number {
  coefficients ??= fit();
  const u = (x - centre) / (x + centre);
  const t = (2 * u - highest - lowest) / (highest - lowest);
  let [a, b] = [0, 0];
  for (let j = coefficients.length - 1; j > 0; j--) [a, b] = [2 * t * a - b + coefficients[j]!, a];
  return (t * a - b + coefficients[0]! / 2) / (x + centre);
}

function expMinusSquare(x: number): number {
  // x² in two parts, so that its rounding does not grow with x.
  const head = Math.fround(x);
  return Math.exp(-head * head) * Math.exp((head - x) * (head + x));
}

/** The error function, to about 1e-15. */
export function erf(x: number): number {
  if (Math.abs(x) < 1) return erfNearZero(x);
  if (x > 6) return 1;
  if (x < -6) return -1;
  return x > 0 ? 1 - expMinusSquare(x) * scaledTailFast(x) : expMinusSquare(x) * scaledTailFast(-x) - 1;
}

/** The complementary error function `1 − erf(x)`, to about 5e-15 relative, also in the tail. */
export function erfc(x: number): number {
  if (Math.abs(x) < 1) return 1 - erfNearZero(x);
  if (x > 27) return 0;
  if (x < -6) return 2;
  return x > 0 ? expMinusSquare(x) * scaledTailFast(x) : 2 - expMinusSquare(x) * scaledTailFast(-x);
}
