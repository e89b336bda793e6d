import type { Tensor } from "@tapegrad/tensor";

/**
 * Hyperbolic tangent.
 *
 * `y = (exp(x) − exp(−x)) / (exp(x) + exp(−x))`
 *
 * @param x any shape; float dtypes are kept
 *
 * @example
 * tanh(tensor([-1, 0, 1])).toArray(); // => [-0.76159, 0, 0.76159]
 */
export function tanh(x: Tensor): Tensor {
  return x.tanh();
}
