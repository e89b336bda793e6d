import { ValueError } from "../errors.ts";
import { expectElements } from "./expect-elements.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Throws for an exponent of int32 below 0: such powers are fractions, which int32 does not have.
 *
 * @throws {ValueError} `pow: expected exponents of int32 to be ≥ 0, got -1. …`
 */
export function expectExponents(exponents: Tensor | number): void {
  if (typeof exponents !== "number") expectElements(exponents, { within: [[0, Infinity]], error: negativeExponent });
  else if (exponents < 0) throw negativeExponent(exponents);
}

function negativeExponent(exponent: number): ValueError {
  return new ValueError(
    `pow: expected exponents of int32 to be ≥ 0, got ${exponent}. Convert the base with to("float32") first.`,
  );
}
