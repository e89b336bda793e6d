import { expect } from "vitest";
import { crc32c } from "../../src/checksum/crc32.ts";

/** The contents of a TFRecord file, whose checksums must be right. */
export function readRecords(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const expectChecksum = (at: number, bytes: Uint8Array): void => {
    // Undone as readers do it: unmask, then compare.
    const turned = (view.getUint32(at, true) - 0xa282ead8) >>> 0;
    expect(((turned >>> 17) | (turned << 15)) >>> 0).toBe(crc32c(bytes));
  };
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    expectChecksum(at + 8, file.subarray(at, at + 8));
    const content = file.subarray(at + 12, at + 12 + length);
    expectChecksum(at + 12 + length, content);
    records.push(content);
    at += length + 16;
  }
  return records;
}

/** What a message holds by field number: numbers, or the bytes of what has a length. */
export function readMessage(bytes: Uint8Array): Map<number, (number | Uint8Array)[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (byte < 0x80) return value;
    }
  };
  const read: Readonly<Record<number, () => number | Uint8Array>> = {
    0: varint,
    1: () => view.getFloat64((at += 8) - 8, true),
    2: () => {
      const length = varint();
      return bytes.subarray(at, (at += length));
    },
    5: () => view.getFloat32((at += 4) - 4, true),
  };
  while (at < bytes.length) {
    const tag = varint();
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), read[tag & 7]!()]);
  }
  return fields;
}
