import { describe, expect, it } from "vitest";
import { signedLeb128, unsignedLeb128 } from "./leb128.ts";

function decodeSigned(bytes: readonly number[]): bigint {
  let value = 0n;
  bytes.forEach((byte, i) => (value |= BigInt(byte & 0x7f) << BigInt(7 * i)));
  return BigInt.asIntN(7 * bytes.length, value);
}

describe("unsignedLeb128", () => {
  it.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [624485, [0xe5, 0x8e, 0x26]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
    [2 ** 53 - 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])("encodes %d", (value, bytes) => expect(unsignedLeb128(value)).toEqual(bytes));

  it.each([-1, 0.5, 2 ** 53, Number.NaN])("refuses %d", (value) => {
    expect(() => unsignedLeb128(value)).toThrow(`unsignedLeb128: expected an integer in [0, 2^53), got ${value}.`);
  });
});

describe("signedLeb128", () => {
  it.each([
    [0, [0]],
    [-1, [0x7f]],
    [63, [0x3f]],
    [64, [0xc0, 0x00]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123456, [0xc0, 0xbb, 0x78]],
    [2n ** 63n - 1n, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00]],
    [-(2n ** 63n), [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]],
  ])("encodes %d", (value, bytes) => expect(signedLeb128(value)).toEqual(bytes));

  it("keeps every power of two and its neighbours", () => {
    for (let exponent = 0n; exponent < 63n; exponent++) {
      for (const offset of [-1n, 0n, 1n]) {
        for (const sign of [1n, -1n]) {
          const value = sign * (2n ** exponent + offset);
          expect(decodeSigned(signedLeb128(value))).toBe(value);
        }
      }
    }
  });

  it("refuses what does not fit", () => {
    expect(() => signedLeb128(0.5)).toThrow("signedLeb128: expected a safe integer, got 0.5.");
    expect(() => signedLeb128(2n ** 63n)).toThrow("signedLeb128: expected an integer in [-2^63, 2^63)");
  });
});
