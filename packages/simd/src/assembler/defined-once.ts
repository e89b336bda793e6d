import type { FunctionRef, ParamTypes, Signature } from "./function-ref.ts";
import type { FunctionBody, ModuleBuilder } from "./module-builder.ts";
import type { ResultType } from "./value-type.ts";

const defined = new WeakMap<ModuleBuilder, Map<string, FunctionRef>>();

/** The function of that name in a module, defined there on the first call; the name decides. */
export function definedOnce<const P extends ParamTypes, const R extends ResultType>(
  module: ModuleBuilder,
  name: string,
  signature: Signature<P, R>,
  body: FunctionBody<P, R>,
): FunctionRef<P, R> {
  const functions = defined.get(module) ?? new Map<string, FunctionRef>();
  defined.set(module, functions);
  const known = functions.get(name) ?? module.function(name, signature, body);
  functions.set(name, known);
  return known as FunctionRef<P, R>;
}
