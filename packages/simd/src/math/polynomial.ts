import type { Expr } from "../assembler/expr.ts";
import type { Local } from "../assembler/local.ts";
import type { MathScope } from "./math-scope.ts";

/** From as many coefficients on, chains are so long that engines wait for them. */
const longChain = 8;

/**
 * `Σ coefficients[i] · xⁱ`: short ones along x² and two coefficients at a time, with the fewest operations, long ones by Estrin's
 * scheme, whose short chains keep both multipliers busy.
 *
 * @param x read several times
 */
export function polynomial(
  { f, shape }: Pick<MathScope, "f" | "shape">,
  x: Local<"v128">,
  coefficients: readonly number[],
): Expr<"v128"> {
  const { add, mul } = shape.float;
  const { length } = coefficients;
  const highest = length < longChain ? 1 : Infinity;
  const powers: Local<"v128">[] = [x];
  for (let degree = 2; degree < length && powers.length <= highest; degree *= 2) {
    const last = powers[powers.length - 1]!;
    powers.push(f.let(mul(last, last)));
  }
  const evaluate = (part: readonly number[]): Expr<"v128"> => {
    if (part.length === 1) return shape.float.const(part[0]!);
    const level = Math.min(Math.ceil(Math.log2(part.length)) - 1, highest);
    const [low, high] = [part.slice(0, 2 ** level), part.slice(2 ** level)];
    return add(evaluate(low), mul(evaluate(high), powers[level]!));
  };
  return evaluate(coefficients);
}
