import { crc32c } from "../checksum/crc32.ts";

/** The checksum as records hold it: turned and shifted, so that checksums of checksums do not come out alike. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
