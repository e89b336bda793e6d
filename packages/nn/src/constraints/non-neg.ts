import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import type { ConstraintFunction } from "./constraint.ts";

/**
 * Makes negative weights zero: `max(w, 0)`.
 *
 * @see Lee and Seung 1999, https://doi.org/10.1038/44565
 * @example
 * constraints.nonNeg()(tensor([-1, 2])).toArray(); // => [0, 2]
 */
export function nonNeg(...none: []): ConstraintFunction {
  expectNothing("nonNeg", none);
  return (weight) => {
    expectTensor("nonNeg", "weight", weight);
    return weight.maximum(0);
  };
}
