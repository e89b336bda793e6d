import { detectFeatures } from "@tapegrad/simd";
import { CompileError } from "@tapegrad/tensor";

/**
 * Sees to it that this engine can run compiled functions.
 *
 * @throws {CompileError} where it may not compile WebAssembly, or has none with SIMD
 */
export function expectWebAssembly(): void {
  const { webAssembly, simd } = detectFeatures();
  if (!webAssembly) {
    const hint =
      "Add 'wasm-unsafe-eval' to script-src of the content security policy, or call the function without compile.";
    throw new CompileError(`compile: expected WebAssembly to be allowed, got a place where it is forbidden. ${hint}`);
  }
  if (!simd) {
    const hint = "Call the function without compile.";
    throw new CompileError(`compile: expected WebAssembly with SIMD, got an engine without it. ${hint}`);
  }
}
