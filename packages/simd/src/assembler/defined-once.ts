import type { FunctionRef, ParamTypes, Signature } from "./function-ref.ts";
import type { FunctionBody, ModuleBuilder } from "./module-builder.ts";
import type { ResultType } from "./value-type.ts";

/**
 * The function of that name in a module, defined there on the first call; the name decides.
 *
 * @param body gives the body in the module that it is given
 */
export function definedOnce<const P extends ParamTypes, const R extends ResultType>(
  module: ModuleBuilder,
  name: string,
  signature: Signature<P, R>,
  body: (module: ModuleBuilder) => FunctionBody<P, R>,
): FunctionRef<P, R> {
  return module.once(name, (own) => own.function(name, signature, body(own)));
}
