import type { FunctionBody, FunctionRef, ModuleBuilder, ParamTypes, Signature } from "@tapegrad/simd";

/** Functions that kernels of one module share: one for each key, defined when it is first asked for. */
export class SharedFunctions<P extends ParamTypes> {
  readonly #signature: Signature<P, "void">;
  readonly #known = new WeakMap<ModuleBuilder, Map<string, FunctionRef<P, "void">>>();

  constructor(signature: Signature<P, "void">) {
    this.#signature = signature;
  }

  /** @param key says all that the body depends on */
  of(module: ModuleBuilder, key: string, body: FunctionBody<P, "void">): FunctionRef<P, "void"> {
    let functions = this.#known.get(module);
    if (functions === undefined) this.#known.set(module, (functions = new Map<string, FunctionRef<P, "void">>()));
    let known = functions.get(key);
    if (known === undefined) functions.set(key, (known = module.function(key, this.#signature, body)));
    return known;
  }
}
