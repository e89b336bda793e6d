import { FormatError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { bytesOf, type Elements, readElements } from "./elements.ts";
import { widenBfloats, widenHalves } from "./half.ts";

describe("readElements", () => {
  it.each<[Elements, number[], "little" | "big", string, number[]]>([
    ["bool", [0, 1, 1], "little", "bool", [0, 1, 1]],
    ["uint8", [255, 1], "little", "int32", [255, 1]],
    ["int8", [255, 1], "big", "int32", [-1, 1]],
    ["uint16", [255, 254], "little", "int32", [65_279]],
    ["uint16", [255, 254], "big", "int32", [65_534]],
    ["int16", [255, 254], "big", "int32", [-2]],
    ["uint32", [1, 0, 0, 0], "little", "int32", [1]],
    ["int32", [255, 255, 255, 254], "big", "int32", [-2]],
    ["int64", [254, 255, 255, 255, 255, 255, 255, 255], "little", "int32", [-2]],
    ["uint64", [0, 0, 0, 0, 0, 0, 1, 2], "big", "int32", [258]],
    ["float16", [0, 0xbe], "little", "float32", [-1.5]],
    ["bfloat16", [0xbf, 0xc0], "big", "float32", [-1.5]],
    ["float32", [0x3f, 0xc0, 0, 0], "big", "float32", [1.5]],
    ["float64", [0, 0, 0, 0, 0, 0, 4, 0xc0], "little", "float64", [-2.5]],
  ])("reads %s %j, %s-endian, wherever they begin", (elements, bytes, order, dtype, values) => {
    for (const before of [0, 1, 2, 7]) {
      const all = new Uint8Array([...Array<number>(before).fill(9), ...bytes, 9]);
      const body = all.subarray(before, before + bytes.length);
      const read = readElements("f", elements, body, order);
      expect([read.dtype, [...read.data]]).toEqual([dtype, values]);
      expect(read.data.buffer).not.toBe(all.buffer);
    }
  });

  it("keeps which NaN it is", () => {
    const bytes = Uint8Array.of(1, 2, 0xc3, 0x7f);
    expect(new Uint8Array(readElements("f", "float32", bytes, "little").data.buffer)).toEqual(bytes);
  });

  it.each<[Elements, number[], string]>([
    ["bool", [2], "bool to be 0 or 1, got 2"],
    ["uint32", [0, 0, 0, 128], "uint32 within int32, got 2147483648"],
    ["int64", [0, 0, 0, 128, 0, 0, 0, 0], "int64 within int32, got 2147483648"],
    ["int64", [1, 0, 0, 0, 0, 0, 0, 128], "int64 within int32, got -9223372036854775807"],
    ["uint64", [255, 255, 255, 255, 255, 255, 255, 255], "uint64 within int32, got 18446744073709551615"],
  ])("refuses %s %j", (elements, bytes, message) => {
    expect(() => readElements("f", elements, new Uint8Array(bytes), "little")).toThrow(
      new FormatError(`f: expected ${message} as element 0.`),
    );
  });
});

it("bytesOf multiplies, and is never what a file has where numbers do not suffice", () => {
  expect(bytesOf("float64", [])).toBe(8);
  expect(bytesOf("int16", [2, 3])).toBe(12);
  expect(bytesOf("bool", [2, 0, 3])).toBe(0);
  for (const elements of ["bool", "float64"] as const) expect(bytesOf(elements, [2 ** 25, 0, 2 ** 25])).toBe(0);
  expect(bytesOf("bool", [2 ** 25, 0, 2 ** 25 + 1])).toBe(2 ** 50 + 2 ** 25);
  expect(bytesOf("bool", [0, ...Array<number>(64).fill(2 ** 52)])).toBe(Infinity);
});

describe("floats of 16 bits", () => {
  const halves = (...bits: number[]): number[] => [...widenHalves(Uint16Array.from(bits))];

  it("are what IEEE 754 says: fields of 1, 5 and 10 bits", () => {
    const inOrder = widenHalves(Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits));
    expect(inOrder.every((value, bits) => bits === 0 || value > inOrder[bits - 1]!)).toBe(true);
    expect(halves(0, 1, 0x3ff, 0x400)).toEqual([0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14]);
    expect(halves(0x3c00, 0x3555, 0x7bff)).toEqual([1, 0.333251953125, 65_504]);
    expect(halves(0x7c00, 0xfc00, 0x7c01, 0x8000, 0xc000)).toEqual([Infinity, -Infinity, Number.NaN, -0, -2]);
  });

  it("or the upper half of a float32", () => {
    const bits = Uint16Array.of(0x3f80, 0xbf80, 0x7f80, 0x7fc0, 0x0001);
    expect([...widenBfloats(bits)]).toEqual([1, -1, Infinity, Number.NaN, 2 ** -133]);
  });
});
