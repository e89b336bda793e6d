import type { Bytes } from "@tapegrad/files";
import { ValueError } from "@tapegrad/tensor";

/**
 * What `make` makes, which is an array of so many bytes. Engines have an end for the length of an array, and machines for
 * memory.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} `encodeSafetensors: expected as many bytes as an array has room for, got 17179869184.`
 */
export function withRoom<T>(fn: string, bytes: number, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ValueError(`${fn}: expected as many bytes as an array has room for, got ${bytes}.`);
  }
}

/** So many bytes of 0: see {@link withRoom}. */
export function newBytes(fn: string, length: number): Bytes {
  return withRoom(fn, length, () => new Uint8Array(length));
}
