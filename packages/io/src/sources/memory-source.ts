import type { PlatformBlob } from "@tapegrad/files";
import { ValueError } from "@tapegrad/tensor";
import type { ByteSource } from "./byte-source.ts";

/** Bytes that are there already. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    name: "the bytes",
    size: bytes.length,
    // Not by slice, which makes a view of a Buffer.
    read: async (_, begin, end) => Promise.resolve(new Uint8Array(bytes.subarray(begin, end))),
    close() {},
  };
}

/** A `Blob`, such as a file that a user of a page has chosen. */
export function blobSource(blob: PlatformBlob): ByteSource {
  const given: unknown = Reflect.get(blob, "name");
  const name = typeof given === "string" ? given : "the blob";
  return {
    name,
    size: blob.size,
    async read(fn, begin, end) {
      try {
        return new Uint8Array(await blob.slice(begin, end).arrayBuffer());
      } catch (error) {
        throw new ValueError(`${fn}: expected to read ${name}, got ${(error as Error).message}.`);
      }
    },
    close() {},
  };
}
