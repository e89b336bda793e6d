import { Inflate } from "fflate";

/** A chunk of so many bytes may become a thousand times as many before they can be counted. */
const chunkBytes = 8192;

/**
 * The most that a byte can become: 258 bytes are said in two bits at least.
 *
 * @see P. Deutsch, DEFLATE Compressed Data Format Specification 1.3 (1996), https://www.rfc-editor.org/rfc/rfc1951
 */
export const highestRatio = 1032;

/**
 * Unpacks deflated bytes that are said to be `size` bytes, and stops when there are more.
 *
 * @returns what there is, or what is wrong: "more", or the reason why it cannot be unpacked
 */
export function inflateBounded(packed: Uint8Array, size: number): Uint8Array | string {
  const bytes = new Uint8Array(size);
  let filled = 0;
  const stream = new Inflate((chunk) => {
    if (filled + chunk.length <= size) bytes.set(chunk, filled);
    filled += chunk.length;
  });
  try {
    for (let at = 0; at < packed.length; at += chunkBytes) {
      stream.push(packed.subarray(at, at + chunkBytes), at + chunkBytes >= packed.length);
      if (filled > size) return "more";
    }
  } catch (error) {
    return (error as Error).message;
  }
  return bytes.subarray(0, filled);
}
