import { inHalves, unaryFunction, widenedFunction } from "./define-math-function.ts";
import type { MathFunction } from "./define-math-function.ts";
import { emitErf } from "./erf.ts";
import { emitErfc, emitShortErfc } from "./erfc.ts";
import { emitExp } from "./exp.ts";
import { emitExpm1 } from "./expm1.ts";
import { emitLog } from "./log.ts";
import { emitLog1p } from "./log1p.ts";
import { emitPow, emitShortPow } from "./pow.ts";
import { emitSigmoid } from "./sigmoid.ts";
import { emitCos, emitSin } from "./sine-cosine.ts";
import { emitTanh } from "./tanh.ts";

/** The elementary functions of one argument. */
export type UnaryMathName = "exp" | "expm1" | "log" | "log1p" | "tanh" | "sigmoid" | "erf" | "erfc" | "sin" | "cos";

/**
 * Elementary functions on vectors, as code for a module under construction. A module holds only those that it asks
 * for, each at most once, without memory or imports. No instruction depends on the engine: same input, same bits.
 *
 * float32: at most 1.5 units in the last place. float64: at most 2. Special values as in JavaScript's `Math`.
 *
 * @example
 * const module = new ModuleBuilder();
 * const exp = mathFunctions.exp.f32x4(module);
 * const signature = { params: { x: "f32" }, result: "f32" } as const;
 * const run = module.function("run", signature, (_, { x }) => f32x4.extractLane(call(exp, { x: f32x4.splat(x) }), 0));
 * module.exportFunction(run);
 * const { exports } = new WebAssembly.Instance(module.compile());
 * exports.run(1); // => 2.7182817459106445
 */
export const mathFunctions: { readonly [Name in UnaryMathName]: MathFunction } & {
  readonly pow: MathFunction<"x" | "y">;
} = {
  exp: unaryFunction("exp", emitExp),
  expm1: unaryFunction("expm1", emitExpm1),
  log: unaryFunction("log", emitLog),
  log1p: unaryFunction("log1p", emitLog1p),
  tanh: unaryFunction("tanh", emitTanh),
  sigmoid: unaryFunction("sigmoid", emitSigmoid),
  erf: unaryFunction("erf", emitErf),
  erfc: unaryFunction(
    "erfc",
    emitErfc,
    inHalves((scope, { x }) => emitShortErfc(scope, x)),
  ),
  sin: widenedFunction("sin", ["x"], (scope, { x }) => emitSin(scope, x)),
  cos: widenedFunction("cos", ["x"], (scope, { x }) => emitCos(scope, x)),
  pow: widenedFunction("pow", ["x", "y"], emitPow, emitShortPow),
};
