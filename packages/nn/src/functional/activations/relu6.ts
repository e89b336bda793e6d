import type { Tensor } from "@tapegrad/tensor";
import { hardTanh } from "./hard-tanh.ts";

/**
 * ReLU, cut off at 6.
 *
 * `y = min(max(x, 0), 6)`, with gradient 0 at 0 and at 6
 *
 * @param x any shape; the dtype is kept
 *
 * Krizhevsky, Convolutional Deep Belief Networks on CIFAR-10 (2010),
 * https://www.cs.toronto.edu/~kriz/conv-cifar10-aug2010.pdf
 *
 * @example
 * relu6(tensor([-1, 2, 8])).toArray(); // => [0, 2, 6]
 */
export function relu6(x: Tensor): Tensor {
  return hardTanh(x, { min: 0, max: 6 });
}
