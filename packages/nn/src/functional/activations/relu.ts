import type { Tensor } from "@tapegrad/tensor";

/**
 * Rectified linear unit.
 *
 * `y = max(x, 0)`, with gradient 0 at 0; NaN stays NaN.
 *
 * @param x any shape; the dtype is kept
 *
 * Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines (2010),
 * https://www.cs.toronto.edu/~fritz/absps/reluICML.pdf
 *
 * @example
 * relu(tensor([-2, 0, 3])).toArray(); // => [0, 0, 3]
 */
export function relu(x: Tensor): Tensor {
  return x.relu();
}
