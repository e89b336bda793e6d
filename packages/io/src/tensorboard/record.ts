import { maskedCrc32c } from "./masked-crc32c.ts";

/** Bytes as a record of a TFRecord file: length, checksum of the length, the bytes, their checksum; all little-endian. */
export function record(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(content.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(content, 12);
  view.setUint32(12 + content.length, maskedCrc32c(content), true);
  return bytes;
}
