import { expectNothing, expectTensor, expectValue, ranges } from "@tapegrad/tensor/internal";
import type { RegularizerFunction } from "./regularizer.ts";

/**
 * The penalty `factor · Σ|w|`, which makes weights zero that the data do not need.
 *
 * @param factor 0.01 unless given, as in Keras
 * @throws {ValueError} for a factor that is negative or no finite number
 * @see Tibshirani 1996, https://doi.org/10.1111/j.2517-6161.1996.tb02080.x
 * @example
 * regularizers.l1(0.5)(tensor([1, -3])).item(); // => 2
 */
export function l1(factor: number = 0.01, ...none: []): RegularizerFunction {
  expectNothing("l1", none);
  expectValue("l1", "factor", factor, ranges.nonNegative);
  return (weight) => {
    expectTensor("l1", "weight", weight);
    return weight.abs().sum().mul(factor);
  };
}
