import type { Refuse } from "./refuse.ts";

/**
 * The text that bytes of UTF-8 are.
 *
 * @param field what the bytes are, for the message
 * @throws {FormatError} made by `refuse` if they are none
 */
export function utf8Of(bytes: Uint8Array, field: string, refuse: Refuse): string {
  try {
    // A copy: browsers decode no shared memory.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
  } catch {
    throw refuse(field, "to be UTF-8", "other bytes");
  }
}
