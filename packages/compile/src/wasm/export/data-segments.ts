import type { DataSegment } from "@tapegrad/simd";
import type { TypedArray } from "@tapegrad/tensor";

/** Zeros in a row that are longer than what a segment of its own costs. */
const leastGap = 16;
/** Engines take 100,000 segments. */
const mostSegments = 50_000;

/** How many zeros in a row are left out where so many bytes are in use. */
export function gapFor(bytes: number): number {
  return Math.max(leastGap, Math.ceil(bytes / mostSegments));
}

/**
 * The elements of an array at an address, without what is zero anyway: a memory starts that way.
 *
 * @param gap how many zeros in a row end a segment
 */
export function dataSegments(
  address: number,
  { buffer, byteOffset, byteLength }: TypedArray,
  gap: number,
): DataSegment[] {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const segments: DataSegment[] = [];
  let at = 0;
  for (;;) {
    while (at < byteLength && bytes[at] === 0) at++;
    if (at === byteLength) return segments;
    const start = at;
    for (let zeros = 0; at < byteLength && zeros < gap; at++) zeros = bytes[at] === 0 ? zeros + 1 : 0;
    let end = at;
    while (bytes[end - 1] === 0) end--;
    segments.push({ address: address + start, bytes: bytes.slice(start, end) });
  }
}
