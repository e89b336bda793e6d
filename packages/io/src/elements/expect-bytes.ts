import { expectValue, ranges } from "@tapegrad/tensor/internal";

const range = ranges.instanceOf(Uint8Array);

/**
 * Throws unless `bytes` are a Uint8Array, such as a Buffer.
 *
 * @throws {ValueError} `decodeIdx: expected bytes to be a Uint8Array, got "train.idx".`
 */
export function expectBytes(fn: string, bytes: unknown): asserts bytes is Uint8Array {
  expectValue(fn, "bytes", bytes, range);
}
