import { deflateSync } from "fflate";
import { expect, it } from "vitest";
import { inflateBounded } from "./inflate-bounded.ts";

/** Bytes that count how many chunks are taken of them. */
class Counted extends Uint8Array<ArrayBuffer> {
  chunks = 0;

  override subarray(start?: number, stop?: number): Uint8Array<ArrayBuffer> {
    this.chunks++;
    return new Uint8Array<ArrayBuffer>(this.buffer, start, Math.min(stop ?? this.length, this.length) - (start ?? 0));
  }
}

const zeros = Counted.from(deflateSync(new Uint8Array(30_000_000))) as Counted;

it("unpacks what is as large as it says, chunk by chunk", () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => Math.imul(i * i, 2654435761) >>> 13);
  expect(deflateSync(bytes).length).toBeGreaterThan(20_000);
  expect(inflateBounded(deflateSync(bytes), bytes.length)).toEqual(bytes);
  expect(inflateBounded(deflateSync(bytes), bytes.length + 1)).toEqual(bytes);
  expect(inflateBounded(new Uint8Array(0), 0)).toEqual(new Uint8Array(0));
});

it("stops at what it says, after the chunk that has more", () => {
  expect(zeros.length).toBeGreaterThan(3 * 8192);
  zeros.chunks = 0;
  expect(inflateBounded(zeros, 1000)).toBe("more");
  expect(zeros.chunks).toBe(1);
  expect(inflateBounded(zeros, 9_000_000)).toBe("more");
  expect(zeros.chunks).toBe(3);
});

it("says why something cannot be unpacked", () => {
  const packed = deflateSync(new Uint8Array(100));
  expect(inflateBounded(packed.subarray(0, -1), 100)).toBe("unexpected EOF");
  expect(inflateBounded(Uint8Array.of(7), 100)).toBe("invalid block type");
});
