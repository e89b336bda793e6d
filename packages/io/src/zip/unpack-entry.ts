import { FormatError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";
import { crc32 } from "../checksum/crc32.ts";
import { inflateBounded } from "./inflate-bounded.ts";
import type { ZipEntry } from "./zip-directory.ts";

/**
 * The bytes of an entry; no more are unpacked than its directory says.
 *
 * @param fn name of the function that was called, for messages
 * @throws {FormatError} if there are more or fewer, they cannot be unpacked, or have another checksum
 */
export function unpackEntry(fn: string, { name, method, size, crc, packed }: ZipEntry): Uint8Array {
  const bytes = method === "stored" ? packed : inflateBounded(packed, size);
  const got = typeof bytes === "string" ? bytes : bytes.length === size ? undefined : bytes.length;
  if (typeof bytes === "string" || bytes.length !== size)
    throw new FormatError(`${fn}: expected ${quoted(name)} to unpack to ${size} bytes, got ${got}.`);
  if (crc32(bytes) !== crc)
    throw new FormatError(`${fn}: expected ${quoted(name)} to have checksum ${crc}, got ${crc32(bytes)}.`);
  return bytes;
}
