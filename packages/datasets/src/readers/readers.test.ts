import { FormatError, TapegradError, ValueError } from "@tapegrad/tensor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeIdx } from "./idx.ts";
import { decodeNpy } from "./npy.ts";
import { npyCases } from "./npy-cases.ts";

const onlyTyped = (decode: (bytes: Uint8Array) => unknown, bytes: fc.Arbitrary<Uint8Array>): void => {
  fc.assert(
    fc.property(bytes, (each) => {
      try {
        decode(each);
      } catch (error) {
        expect(error).toBeInstanceOf(TapegradError);
      }
    }),
    { numRuns: 1000 },
  );
};

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

  it("gives a tensor or a typed error, whatever the bytes", () => {
    onlyTyped(decodeIdx, fc.uint8Array({ maxLength: 60 }));
    const type = fc.constantFrom(8, 9, 11, 12, 13, 14);
    const parts = fc.tuple(type, fc.nat(5), fc.uint8Array({ maxLength: 40 }));
    onlyTyped(decodeIdx, parts.map(([code, rank, rest]) => Uint8Array.of(0, 0, code, rank, ...rest))); // prettier-ignore
  });
});

describe("decodeNpy", () => {
  it.each(npyCases)("reads $name, as NumPy wrote it", ({ base64, dtype, shape, values }) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.codePointAt(0)!);
    const read = decodeNpy(bytes);
    expect(read.dtype).toBe(dtype);
    expect(read.shape).toEqual(shape);
    expect([...read.data].map(Number)).toEqual(values);
  });

  const npy = (header: string, body: readonly number[], version = 1): Uint8Array => {
    const text = new TextEncoder().encode(header);
    const length = [text.length & 255, text.length >> 8, ...(version === 1 ? [] : [0, 0])];
    return Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...length, ...text, ...body);
  };
  const head = (descr: string, shape: string, order = "False"): string =>
    `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

  it.each<[string, Uint8Array, string]>([
    [
      "other bytes",
      Uint8Array.of(1, 2),
      "expected bytes that begin with 0x93, NUMPY, a version and a length, got 2 others.",
    ],
    ["version 4", npy(head("|u1", "(1,)"), [1], 4), "expected version 1, 2 or 3, got 4."],
    [
      "a header that is cut off",
      npy(head("|u1", "(1,)"), []).subarray(0, 30),
      "expected a header of 58 bytes, got 20.",
    ],
    ["too few elements", npy(head("<f4", "(2,)"), [0, 0, 0, 0]), "expected 8 bytes of float32 of shape [2], got 4."],
    ["too many", npy(head("|u1", "(1, 2)"), [1, 2, 3]), "expected 2 bytes of uint8 of shape [1, 2], got 3."],
    [
      "objects",
      npy(head("|O", "(1,)"), [1]),
      'expected elements of b1, ?, u1, i1, u2, i2, u4, i4, u8, i8, f4, f8, got "|O".',
    ],
    [
      "code",
      npy("{'descr': __import__('os').system('x'), 'fortran_order': False, 'shape': (1,)}", [1]),
      `expected a header with descr, fortran_order and shape, got "{'descr': __import__('os').system('x'), 'fortran_order': False, 'shape': (1,)}".`,
    ],
    [
      "a missing entry",
      npy("{'descr': '|u1', 'shape': (1,), }", [1]),
      `expected a header with descr, fortran_order and shape, got "{'descr': '|u1', 'shape': (1,), }".`,
    ],
    ["an extent that is none", npy(head("|u1", "(1 2,)"), [1]), "expected a shape of at most 64 extents, got (1 2,)."],
    [
      "a shape beyond numbers",
      npy(head("|u1", "(99999999999999999,)"), [1]),
      "expected a shape of at most 64 extents, got (99999999999999999,).",
    ],
    [
      "whole numbers beyond int32",
      npy(head("<u4", "(2,)"), [1, 0, 0, 0, 0, 0, 0, 128]),
      "expected uint32 within int32, got 2147483648 as element 1.",
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => decodeNpy(bytes)).toThrow(new FormatError(`decodeNpy: ${message}`));
  });

  it("takes entries in any order and quotes", () => {
    const header = `{"shape": (), "fortran_order": True, "descr": ">i2"}`;
    expect(decodeNpy(npy(header, [1, 2], 2)).item()).toBe(258);
  });

  it("gives a tensor or a typed error, whatever the bytes", () => {
    onlyTyped(decodeNpy, fc.uint8Array({ maxLength: 80 }));
    const text = fc.array(fc.constantFrom("{", "}", "'descr'", ":", "'<f4'", ",", "'shape'", "(", ")", "2", "'fortran_order'", "True", " "), { maxLength: 24 }); // prettier-ignore
    onlyTyped(decodeNpy, text.map((parts) => npy(parts.join(""), [1, 2, 3, 4, 5, 6, 7, 8]))); // prettier-ignore
  });
});
