import { CompileError } from "../errors.ts";
import { isTracing } from "./tracer.ts";

/**
 * Throws while a function is traced: what JavaScript counts or replaces there would be the same in every call.
 *
 * @param hint what to do instead
 * @throws {CompileError} `manualSeed: expected a call outside compiled functions, got one while tracing. Seed before …`
 */
export function expectNoTrace(fn: string, hint: string): void {
  if (!isTracing()) return;
  throw new CompileError(`${fn}: expected a call outside compiled functions, got one while tracing. ${hint}`);
}
