import { ValueError } from "@tapegrad/tensor";
import type { Builtins } from "./builtins.ts";

/**
 * A built-in module of Node, Bun or Deno, without an import that bundlers for browsers would stumble over.
 *
 * @param fn name of the function that was called, for the message
 * @throws {ValueError} where there are no files, as in a browser
 */
export function builtin<Name extends keyof Builtins>(fn: string, name: Name): Builtins[Name] {
  const found = globalThis.process?.getBuiltinModule?.(`node:${name}`) as Builtins[Name] | undefined;
  if (found !== undefined) return found;
  throw new ValueError(`${fn}: expected a machine with files, got one without, such as a browser.`);
}
