import { ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { checkOptions, formatShape, sameShape, withGradMode } from "@tapegrad/tensor/internal";
import { checkEps } from "../../norms/check-vector.ts";
import { normalize } from "./normalize.ts";

/** Options of {@link spectralNorm}. */
export interface SpectralNormOptions {
  /** The axis of the rows of the matrix, 0 unless given. */
  readonly axis?: number;
}

/** Options of {@link powerIteration}. */
export interface PowerIterationOptions extends SpectralNormOptions {
  /** How often both vectors are improved; 1 unless given. */
  readonly iterations?: number;
  /** The least that a vector is divided by; 1e-12 unless given. */
  readonly eps?: number;
}

/** The weight as a matrix whose rows are the entries of `axis`. */
export function weightMatrix(fn: string, weight: Tensor, axis: number): Tensor {
  if (!Number.isInteger(axis) || axis < 0 || axis >= weight.ndim || weight.ndim < 2) {
    throw new ShapeError(
      `${fn}: expected at least 2 axes and one of them as axis, got shape ${formatShape(weight.shape)} and axis ${String(axis)}.`,
    );
  }
  const others = weight.shape.map((_, i) => i).filter((i) => i !== axis);
  const rows = weight.shape[axis]!;
  const columns = others.reduce((product, i) => product * weight.shape[i]!, 1);
  return (axis === 0 ? weight : weight.permute([axis, ...others])).reshape([rows, columns]);
}

function checkVectors(fn: string, matrix: Tensor, u: Tensor, v: Tensor): void {
  const [rows = 0, columns = 0] = matrix.shape;
  if (!sameShape(u.shape, [rows]) || !sameShape(v.shape, [columns])) {
    throw new ShapeError(
      `${fn}: expected u of shape [${rows}] and v of shape [${columns}], got ${formatShape(u.shape)} and ${formatShape(v.shape)}.`,
    );
  }
}

/** Throws unless `iterations` is a whole number of at least 1. */
export function checkIterations(fn: string, iterations: number): void {
  if (!Number.isSafeInteger(iterations) || iterations < 1) {
    throw new ValueError(`${fn}: expected iterations to be a whole number of at least 1, got ${String(iterations)}.`);
  }
}

/**
 * Better approximations of a weight's first singular vectors: `v ← Wᵀu / ‖Wᵀu‖`, then `u ← Wv / ‖Wv‖`.
 *
 * Not recorded: the vectors are constants for the gradient.
 *
 * @param weight of any shape from 2 axes, read as a matrix with the rows of `axis`
 * @param u `[rows]`
 * @param v `[columns]`
 * @throws {ShapeError} when the vectors do not fit the matrix
 * @throws {ValueError} for `iterations` below 1
 *
 * @example
 * ```ts
 * const [u, v] = powerIteration(tensor([[3, 0], [0, 1]]), tensor([0.6, 0.8]), zeros([2]), { iterations: 20 });
 * [u.toArray(), v.toArray()]; // => [[1, 0], [1, 0]]
 * ```
 */
export function powerIteration(
  weight: Tensor,
  u: Tensor,
  v: Tensor,
  options: PowerIterationOptions = {},
): readonly [u: Tensor, v: Tensor] {
  checkOptions("powerIteration", options, ["axis", "iterations", "eps"]);
  const { axis = 0, iterations = 1, eps = 1e-12 } = options;
  checkIterations("powerIteration", iterations);
  checkEps("powerIteration", eps);
  const matrix = weightMatrix("powerIteration", weight, axis);
  checkVectors("powerIteration", matrix, u, v);
  return withGradMode(false, () => {
    let [left, right] = [u, v];
    for (let i = 0; i < iterations; i++) {
      right = normalize(left.matmul(matrix), { axis: 0, eps });
      left = normalize(matrix.matmul(right), { axis: 0, eps });
    }
    return [left, right];
  });
}

/**
 * A weight divided by its largest singular value, which `u` and `v` approximate: `w / (uᵀ·W·v)`.
 *
 * Backward with constant u and v: `dW = (dw − u·vᵀ · Σ dw·w) / σ`.
 *
 * @param weight of any shape from 2 axes, read as a matrix W with the rows of `axis`
 * @param u left singular vector, `[rows]`
 * @param v right singular vector, `[columns]`
 * @throws {ShapeError} when the vectors do not fit the matrix
 *
 * Miyato et al. 2018, https://arxiv.org/abs/1802.05957
 *
 * @example
 * ```ts
 * spectralNorm(tensor([[4, 0], [0, 1]]), tensor([1, 0]), tensor([1, 0])).toArray(); // => [[1, 0], [0, 0.25]]
 * ```
 */
export function spectralNorm(weight: Tensor, u: Tensor, v: Tensor, options: SpectralNormOptions = {}): Tensor {
  checkOptions("spectralNorm", options, ["axis"]);
  const matrix = weightMatrix("spectralNorm", weight, options.axis ?? 0);
  checkVectors("spectralNorm", matrix, u, v);
  return weight.div(u.detach().matmul(matrix.matmul(v.detach())));
}
