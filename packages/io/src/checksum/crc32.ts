/** The checksum of a polynomial of 32 bits, reflected. */
function checksumOf(polynomial: number): (bytes: Uint8Array) => number {
  // Signed, as the results of bitwise operations are: engines then keep them in registers.
  const remainders = Int32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? polynomial : 0);
    return remainder;
  });
  return (bytes) => {
    let crc = -1;
    for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ remainders[(crc ^ bytes[i]!) & 0xff]!;
    return ~crc >>> 0;
  };
}

/** The checksum CRC-32 of zip files. */
export const crc32: (bytes: Uint8Array) => number = /* @__PURE__ */ checksumOf(0xedb88320);

/** The checksum CRC-32C of event files, by the polynomial of Castagnoli. */
export const crc32c: (bytes: Uint8Array) => number = /* @__PURE__ */ checksumOf(0x82f63b78);
