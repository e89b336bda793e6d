import { CompileError } from "@tapegrad/tensor";
import { isTracing } from "@tapegrad/tensor/internal";

/** Throws while a function is traced: a schedule counts its steps in JavaScript, and would count one for all calls. */
export function expectNoTrace(name: string): void {
  if (!isTracing()) return;
  throw new CompileError(
    `${name}: expected a step between calls of compiled functions, got one inside. Move it out of the function.`,
  );
}
