import { FormatError } from "@tapegrad/tensor";
import { builtin } from "./builtin.ts";

/** Whether bytes begin as a gzip file does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks a gzip file of at most `limit` bytes, beside whatever else the program does.
 *
 * @param fn name of the function that was called, for messages
 * @param name what the bytes are, for messages
 * @throws {ValueError} where there is no zlib, as in a browser
 * @throws {FormatError} if it is broken, cut off, or larger: no more than `limit` bytes are unpacked
 */
export async function gunzip(fn: string, name: string, bytes: Uint8Array, limit: number): Promise<Uint8Array> {
  const zlib = builtin(fn, "zlib");
  return new Promise((resolve, reject) => {
    // At least 1 is asked for: none would be no limit.
    zlib.gunzip(bytes, { maxOutputLength: Math.max(limit, 1) }, (error, unpacked) => {
      if (error === null) resolve(unpacked);
      else reject(new FormatError(`${fn}: expected ${name} ${expectation(error, limit)}`));
    });
  });
}

function expectation(error: Error & { readonly code?: string }, limit: number): string {
  return error.code === "ERR_BUFFER_TOO_LARGE"
    ? `to unpack to at most ${limit} bytes, got more.`
    : `to be a whole gzip file, got one that fails with "${error.message}".`;
}
