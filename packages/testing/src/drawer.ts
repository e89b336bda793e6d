import { type DType, Generator, randn, type Tensor } from "@tapegrad/tensor";

/**
 * A function that draws reproducible normal tensors, other ones at every call.
 *
 * @example
 * const draw = drawer(7);
 * draw(2, 3).dtype; // => "float64"
 */
export function drawer(seed: number, dtype: DType = "float64"): (...shape: number[]) => Tensor {
  const generator = new Generator(seed);
  return (...shape) => randn(shape, { generator, dtype });
}
