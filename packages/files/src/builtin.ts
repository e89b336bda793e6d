import type * as crypto from "node:crypto";
import type * as fs from "node:fs";
import type * as os from "node:os";
import type * as path from "node:path";
import type * as zlib from "node:zlib";
import { ValueError } from "@tapegrad/tensor";

/** The built-in modules that files need. */
interface Builtins {
  readonly crypto: typeof crypto;
  readonly fs: typeof fs;
  readonly path: typeof path;
  readonly os: typeof os;
  readonly zlib: typeof zlib;
}

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
