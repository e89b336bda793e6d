import { FormatError, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { decodeIdx } from "./idx.ts";

describe("decodeIdx", () => {
  const idx = (type: number, shape: readonly number[], elements: readonly number[]): Uint8Array =>
    Uint8Array.of(
      0,
      0,
      type,
      shape.length,
      ...shape.flatMap((extent) => [0, 0, extent >> 8, extent & 255]),
      ...elements,
    );

  it.each<[string, Uint8Array, string, unknown]>([
    ["uint8", idx(8, [2, 1], [0, 255]), "int32", [[0], [255]]],
    ["int8", idx(9, [2], [1, 255]), "int32", [1, -1]],
    ["int16", idx(11, [1], [0xff, 0xfe]), "int32", [-2]],
    ["int32", idx(12, [1], [0, 1, 0, 2]), "int32", [65_538]],
    ["float32", idx(13, [1], [0x3f, 0xc0, 0, 0]), "float32", [1.5]],
    ["float64", idx(14, [1], [0xc0, 0x04, 0, 0, 0, 0, 0, 0]), "float64", [-2.5]],
    ["a number alone", idx(8, [], [7]), "int32", 7],
    ["nothing", idx(8, [0, 3], []), "int32", []],
  ])("reads %s", (_, bytes, dtype, expected) => {
    const offset = new Uint8Array([9, ...bytes, 9]).subarray(1, -1);
    for (const each of [bytes, offset]) {
      expect(decodeIdx(each).dtype).toBe(dtype);
      expect(decodeIdx(each).toArray()).toEqual(expected);
    }
  });

  it.each<[string, Uint8Array, string]>([
    ["too few elements", idx(8, [3], [1, 2]), "expected the bytes to have 11 bytes for uint8 of shape [3], got 10."],
    ["too many", idx(8, [1], [1, 2]), "expected the bytes to have 9 bytes for uint8 of shape [1], got 10."],
    [
      "another format",
      Uint8Array.of(1, 2, 3),
      "expected the bytes to begin as an IDX file, 0, 0, type, rank, got 1, 2, 3.",
    ],
    [
      "an unknown type",
      idx(10, [1], [1]),
      "expected the bytes to begin as an IDX file, 0, 0, type, rank, got 0, 0, 10, 1.",
    ],
    ["no extents", Uint8Array.of(0, 0, 8, 3, 0), "expected the bytes to have a header of 16 bytes, got 5."],
    ["nothing", new Uint8Array(0), "expected the bytes to begin as an IDX file, 0, 0, type, rank, got ."],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => decodeIdx(bytes)).toThrow(new FormatError(`decodeIdx: ${message}`));
  });

  it("refuses what is no Uint8Array", () => {
    expect(() => decodeIdx("x" as unknown as Uint8Array)).toThrow(
      new ValueError("decodeIdx: expected bytes to be a Uint8Array, got x."),
    );
  });
});
