import { builtin } from "./builtin.ts";

/**
 * A checksum in hexadecimal digits. MD5 tells what was damaged, not what was forged: it is for files of which nothing else
 * has been published.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} where there is no crypto module, as in a browser
 */
export function digest(fn: string, algorithm: "sha256" | "md5", bytes: Uint8Array): string {
  return builtin(fn, "crypto").createHash(algorithm).update(bytes).digest("hex");
}
