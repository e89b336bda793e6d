/** Eigenvalues of a symmetric matrix, largest first, and its eigenvectors: row `i` of `vectors` belongs to `values[i]`. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  /** `n` rows of `n`, orthonormal; of each, the entry of largest magnitude is positive. */
  readonly vectors: Float64Array;
}

/**
 * The eigen-decomposition of a symmetric matrix in float64: Householder reflections make it tridiagonal, implicit QL
 * steps diagonal.
 *
 * @see Golub and Van Loan, Matrix Computations, 8.3
 * @see Bowdler, Martin, Reinsch and Wilkinson, "The QR and QL Algorithms for Symmetric Matrices", Numerische Mathematik 11
 *   (1968), https://doi.org/10.1007/BF02166681
 * @param matrix `n` rows of `n`; overwritten
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const { diagonal, offDiagonal } = tridiagonalize(matrix, n);
  diagonalize(diagonal, offDiagonal, matrix, n);
  const order = Array.from(diagonal.keys()).toSorted((a, b) => diagonal[b]! - diagonal[a]!);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    const vector = matrix.subarray(from * n, (from + 1) * n);
    const largest = vector.reduce((max, entry) => (Math.abs(entry) > Math.abs(max) ? entry : max), 0);
    vectors.set(largest < 0 ? vector.map((entry) => -entry) : vector, to * n);
  });
  return { values: Float64Array.from(order, (from) => diagonal[from]!), vectors };
}

/** A tridiagonal matrix of the same eigenvalues; `a` becomes the transposed product of the reflections that led to it. */
function tridiagonalize(a: Float64Array, n: number): { diagonal: Float64Array; offDiagonal: Float64Array } {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const reflections: { readonly v: Float64Array; readonly beta: number }[] = [];
  for (let k = 0; k < n - 1; k++) {
    // Column k below the diagonal becomes (±|x|, 0, ..., 0).
    const m = n - k - 1;
    const v = new Float64Array(m);
    for (let i = 0; i < m; i++) v[i] = a[(k + 1 + i) * n + k]!;
    const scale = v.reduce((max, entry) => Math.max(max, Math.abs(entry)), 0);
    const isZero = m === 1 || v.subarray(1).every((entry) => entry === 0);
    let beta = 0;
    offDiagonal[k] = v[0]!;
    if (!isZero) {
      for (let i = 0; i < m; i++) v[i]! /= scale;
      const norm = Math.sqrt(v.reduce((sum, entry) => sum + entry * entry, 0));
      const alpha = v[0]! > 0 ? -norm : norm;
      offDiagonal[k] = alpha * scale;
      v[0]! -= alpha;
      beta = 2 / v.reduce((sum, entry) => sum + entry * entry, 0);
      reflectBothSides(a, n, k + 1, v, beta);
    }
    reflections.push({ v, beta });
  }
  for (let k = 0; k < n; k++) diagonal[k] = a[k * n + k]!;
  a.fill(0);
  for (let k = 0; k < n; k++) a[k * n + k] = 1;
  // Rows of the product H0 H1 ... transposed: each reflection acts on the trailing columns of its rows.
  for (let k = n - 2; k >= 0; k--) {
    const { v, beta } = reflections[k]!;
    if (beta === 0) continue;
    for (let row = k + 1; row < n; row++) {
      const at = row * n + k + 1;
      let dot = 0;
      for (let i = 0; i < v.length; i++) dot += a[at + i]! * v[i]!;
      dot *= beta;
      for (let i = 0; i < v.length; i++) a[at + i]! -= dot * v[i]!;
    }
  }
  return { diagonal, offDiagonal };
}

/** `(I − β v vᵀ) A (I − β v vᵀ)` of the block from `start` on, by its rank-two form `A − v wᵀ − w vᵀ`. */
function reflectBothSides(a: Float64Array, n: number, start: number, v: Float64Array, beta: number): void {
  const m = v.length;
  const w = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    const at = (start + i) * n + start;
    let sum = 0;
    for (let j = 0; j < m; j++) sum += a[at + j]! * v[j]!;
    w[i] = beta * sum;
  }
  let half = 0;
  for (let i = 0; i < m; i++) half += w[i]! * v[i]!;
  half *= beta / 2;
  for (let i = 0; i < m; i++) w[i]! -= half * v[i]!;
  for (let i = 0; i < m; i++) {
    const at = (start + i) * n + start;
    for (let j = 0; j < m; j++) a[at + j]! -= v[i]! * w[j]! + w[i]! * v[j]!;
  }
}

/** Steps that one eigenvalue needs at most; two are usual. */
const mostSteps = 60;

/** Makes a tridiagonal matrix diagonal; each rotation acts on two rows of `vectors`. */
function diagonalize(d: Float64Array, e: Float64Array, vectors: Float64Array, n: number): void {
  for (let low = 0; low < n; low++) {
    for (let step = 0; step < mostSteps; step++) {
      let high = low;
      while (high < n - 1 && Math.abs(e[high]!) > Number.EPSILON * (Math.abs(d[high]!) + Math.abs(d[high + 1]!)))
        high++;
      if (high === low) break;
      let g = (d[low + 1]! - d[low]!) / (2 * e[low]!);
      g = d[high]! - d[low]! + e[low]! / (g + (g < 0 ? -1 : 1) * Math.hypot(g, 1));
      let [s, c, p, r] = [1, 1, 0, 0];
      let i = high - 1;
      for (; i >= low; i--) {
        const [f, b] = [s * e[i]!, c * e[i]!];
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1]! - p;
        r = (d[i]! - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        rotate(vectors, n, i, c, s);
      }
      e[high] = 0;
      if (r === 0 && i >= low) continue;
      d[low]! -= p;
      e[low] = g;
    }
  }
}

function rotate(vectors: Float64Array, n: number, i: number, c: number, s: number): void {
  for (let k = i * n, end = k + n; k < end; k++) {
    const [lower, upper] = [vectors[k]!, vectors[k + n]!];
    vectors[k + n] = s * lower + c * upper;
    vectors[k] = c * lower - s * upper;
  }
}
