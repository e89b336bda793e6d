import type { Tensor } from "@tapegrad/tensor";

/** How {@link orthogonalize} iterates. */
export interface OrthogonalizeOptions {
  /** Coefficients a, b and c of the polynomial. */
  readonly coefficients: readonly [number, number, number];
  /** Number of iterations. */
  readonly steps: number;
  /** Smallest norm to divide by. */
  readonly eps: number;
}

/**
 * Moves all singular values of a matrix near 1 and keeps its singular vectors, by matrix products alone.
 *
 * `X ← M/‖M‖`, then `X ← a·X + (b·A + c·A²)·X` with `A = X·Xᵀ` (Newton and Schulz); a tall matrix is iterated transposed.
 */
export function orthogonalize(matrix: Tensor, { coefficients, steps, eps }: OrthogonalizeOptions): Tensor {
  const [a, b, c] = coefficients;
  const [rows, columns] = matrix.shape as [number, number];
  const wide = rows > columns ? matrix.transpose() : matrix;
  let x = wide.div(wide.square().sum().sqrt().maximum(eps));
  for (let step = 0; step < steps; step++) {
    const gram = x.matmul(x.transpose());
    x = x.mul(a).add(gram.mul(b).add(gram.matmul(gram).mul(c)).matmul(x));
  }
  return rows > columns ? x.transpose() : x;
}
