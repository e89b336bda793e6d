import { expect, it } from "vitest";
import { randomBits } from "./random-bits.ts";

const mask = (1n << 32n) - 1n;

/** Philox4x32-10 as its paper says it. */
function block(key: readonly [number, number], number: number): number[] {
  let [c0, c1, c2, c3] = [BigInt(number) & mask, BigInt(number) >> 32n, 0n, 0n];
  let [k0, k1] = [BigInt(key[0]) & mask, BigInt(key[1]) & mask];
  for (let round = 0; round < 10; round++) {
    const [p, q] = [0xd2511f53n * c0, 0xcd9e8d57n * c2];
    [c0, c1, c2, c3] = [(q >> 32n) ^ c1 ^ k0, q & mask, (p >> 32n) ^ c3 ^ k1, p & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [c0, c1, c2, c3].map(Number);
}

it("gives the words of Random123's known answers", () => {
  const words = new Int32Array(4);
  randomBits([0, 0], 0, 32, words);
  expect([...new Uint32Array(words.buffer)]).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
});

it.each([0, 1, 3, 4, 15, 16, 17, 100, 2 ** 15 - 1, 2 ** 15, 2 ** 15 + 5])("gives %i elements", (size) => {
  const key = [-123456789, 0x7fffffff] as const;
  // Where the low word of the counter wraps, too.
  for (const [first, bits] of [
    [0, 31],
    [2 ** 32 - 2, 24],
    [2 ** 52 + 5, 1],
  ] as const) {
    const out = new Int32Array(size);
    randomBits(key, first, bits, out);
    for (const i of size < 200 ? out.keys() : [0, 1, 2 ** 15 - 7, 2 ** 15 - 1, size - 1]) {
      if (i < size) expect(out[i]).toBe(block(key, first + Math.floor(i / 4))[i % 4]! >>> (32 - bits));
    }
  }
});
