import { expectNothing, expectTensor, expectValue, ranges } from "@tapegrad/tensor/internal";
import type { RegularizerFunction } from "./regularizer.ts";

/**
 * The penalty `factor · Σw²`, which keeps weights small. Its gradient is `2 · factor · w`: with plain gradient descent that
 * is a weight decay of `2 · factor`; adaptive optimizers divide it by their own scale, which `AdamW` does not.
 *
 * @param factor 0.01 unless given, as in Keras
 * @throws {ValueError} for a factor that is negative or no finite number
 * @see Krogh and Hertz 1991, https://proceedings.neurips.cc/paper/1991/hash/8eefcfdf5990e441f0fb6f3fad709e21-Abstract.html
 * @example
 * regularizers.l2(0.5)(tensor([1, -3])).item(); // => 5
 */
export function l2(factor: number = 0.01, ...none: []): RegularizerFunction {
  expectNothing("l2", none);
  expectValue("l2", "factor", factor, ranges.nonNegative);
  return (weight) => {
    expectTensor("l2", "weight", weight);
    return weight.square().sum().mul(factor);
  };
}
