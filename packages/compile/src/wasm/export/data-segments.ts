import type { DataSegment } from "@tapegrad/simd";
import type { TypedArray } from "@tapegrad/tensor";

/** Zeros in a row that are longer than what a segment of its own costs. */
const longestGap = 16;

/** The elements of an array at an address, without what is zero anyway: a memory starts that way. */
export function dataSegments(address: number, { buffer, byteOffset, byteLength }: TypedArray): DataSegment[] {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const segments: DataSegment[] = [];
  let at = 0;
  for (;;) {
    while (at < byteLength && bytes[at] === 0) at++;
    if (at === byteLength) return segments;
    const start = at;
    for (let zeros = 0; at < byteLength && zeros < longestGap; at++) zeros = bytes[at] === 0 ? zeros + 1 : 0;
    let end = at;
    while (bytes[end - 1] === 0) end--;
    segments.push({ address: address + start, bytes: bytes.slice(start, end) });
  }
}
