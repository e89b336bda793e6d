import type { Expr } from "../assembler/expr.ts";
import type { Local } from "../assembler/local.ts";
import type { MathScope } from "./math-scope.ts";

/**
 * `Σ coefficients[i] · xⁱ` by Estrin's scheme, whose short chains keep both multipliers busy.
 *
 * @param x read several times
 */
export function polynomial(scope: MathScope, x: Local<"v128">, coefficients: readonly number[]): Expr<"v128"> {
  const { f, shape } = scope;
  const { add, mul } = shape.float;
  const powers: Local<"v128">[] = [x];
  for (let degree = 2; degree < coefficients.length; degree *= 2) {
    const last = powers[powers.length - 1]!;
    powers.push(f.let(mul(last, last)));
  }
  const evaluate = (part: readonly number[]): Expr<"v128"> => {
    if (part.length === 1) return shape.float.const(part[0]!);
    const level = Math.ceil(Math.log2(part.length)) - 1;
    const [low, high] = [part.slice(0, 2 ** level), part.slice(2 ** level)];
    return add(evaluate(low), mul(evaluate(high), powers[level]!));
  };
  return evaluate(coefficients);
}
