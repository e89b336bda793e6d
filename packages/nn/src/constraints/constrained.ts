import type { Tensor } from "@tapegrad/tensor";
import type { ConstraintFunction, ConstraintKind } from "./constraint.ts";
import { maxNorm } from "./max-norm.ts";
import { minMaxNorm } from "./min-max-norm.ts";
import { nonNeg } from "./non-neg.ts";
import { unitNorm } from "./unit-norm.ts";

const named: { readonly [K in ConstraintKind]: () => ConstraintFunction } = { maxNorm, nonNeg, unitNorm, minMaxNorm };

/** What a constraint makes of `weight`. */
export function constrained(constraint: ConstraintKind | ConstraintFunction, weight: Tensor): Tensor {
  return (typeof constraint === "function" ? constraint : named[constraint]())(weight);
}
