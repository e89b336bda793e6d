import { type Header, parseHeader } from "./header.ts";
import type { Refuse } from "./refuse.ts";
import { utf8Of } from "./utf8-of.ts";

/** How many bytes of a file say how long its header is. */
export const prefixBytes = 8;

/** How many bytes a header may have unless more are allowed. */
export const usualHeaderBytes: number = 2 ** 24;

/**
 * Where the header of a file ends and its data begin.
 *
 * @param prefix the first bytes of the file
 * @param size how many bytes the file has
 * @param maxHeaderBytes how many bytes the header may have
 * @throws {FormatError} made by `refuse`; nothing that the file says is allocated before
 */
export function headerEnd(prefix: Uint8Array, size: number, maxHeaderBytes: number, refuse: Refuse): number {
  if (size < prefixBytes) throw refuse("the length of the header", `to take ${prefixBytes} bytes`, size);
  const length = new DataView(prefix.buffer, prefix.byteOffset, prefixBytes).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes))
    throw refuse("the header", `to have at most ${maxHeaderBytes} bytes`, String(length));
  const end = prefixBytes + Number(length);
  if (end > size) throw refuse("the header", `to end within the ${size} bytes of the file`, `one that ends at ${end}`);
  return end;
}

/**
 * Reads a header.
 *
 * @param head the first bytes of the file, up to where its header ends
 * @param size how many bytes the file has
 * @throws {FormatError} made by `refuse`
 */
export function readHeader(head: Uint8Array, size: number, refuse: Refuse): Header {
  return parseHeader(utf8Of(head.subarray(prefixBytes), "the header", refuse), head.length, size, refuse);
}
