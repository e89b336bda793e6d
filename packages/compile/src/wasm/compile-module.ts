import type { ModuleBuilder } from "@tapegrad/simd";
import { CompileError } from "@tapegrad/tensor";

/**
 * The module of a plan of so many kernels.
 *
 * @throws {CompileError} if it is larger than the engine takes
 */
export function compileModule(module: Pick<ModuleBuilder, "compile">, kernels: number): WebAssembly.Module {
  try {
    return module.compile();
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError || error instanceof RangeError)) throw error;
    throw new CompileError(
      `compile: expected a function whose code the engine takes, got one of ${kernels} kernels (${error.message}). ` +
        "Compile a part of it, such as one step of its loop.",
    );
  }
}
