import { FormatError } from "@tapegrad/tensor";
import type { Parser } from "./parser.ts";
import { same } from "./same.ts";

/**
 * Gives a reader a file: it must read it or throw a `FormatError`, and what it read must be the same once written and read
 * again.
 *
 * @returns whether it was read
 * @throws {Error} that says what went wrong
 */
export function checkInput<T>({ decode, encode }: Parser<T>, input: Uint8Array): boolean {
  let value: T;
  try {
    value = decode(input);
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw new Error(`expected a FormatError, got ${String(error)}`, { cause: error });
  }
  const written = encode(value);
  const again = decode(written);
  if (!same(value, again)) throw new Error("expected the same when written and read again, got something else");
  if (Buffer.compare(written, encode(again)) !== 0)
    throw new Error("expected the same bytes when written again, got others");
  return true;
}
