import { isFloat } from "../dtype.ts";
import { ValueError } from "../errors.ts";
import type { TensorCore } from "./core.ts";
import { expectElements } from "./expect-elements.ts";
import { expectOperand } from "./expect-tensor.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Throws for an exponent below 0 of a base that is whole: such powers are fractions, which int32 does not have.
 *
 * @throws {ValueError} `pow: expected exponents of int32 to be ≥ 0, got -1. …`
 */
export function expectExponents(base: TensorCore, exponents: Tensor | number): void {
  expectOperand("pow", "other", exponents);
  if (isFloat(base.dtype)) return;
  if (typeof exponents !== "number") {
    if (!isFloat(exponents.dtype)) expectElements(exponents, { within: [[0, Infinity]], error: negativeExponent });
  } else if (Number.isInteger(exponents) && exponents < 0) throw negativeExponent(exponents);
}

function negativeExponent(exponent: number): ValueError {
  return new ValueError(
    `pow: expected exponents of int32 to be ≥ 0, got ${exponent}. Convert the base with to("float32") first.`,
  );
}
