import { FormatError, TapegradError, tensor } from "@tapegrad/tensor";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors, loadSafetensors, openSafetensors } from "../../src/index.ts";
import { entry, fileOf } from "./file-of.ts";

const right = entry("F32", [2], 0, 8);
const text = JSON.stringify(right);

/** A file whose header claims to have another length. */
function claiming(length: bigint, header = "{}"): Uint8Array<ArrayBuffer> {
  const bytes = fileOf(header);
  new DataView(bytes.buffer).setBigUint64(0, length, true);
  return bytes;
}

/** Files that are none, and what is said about them behind "expected …". */
const hostile: readonly (readonly [what: string, bytes: Uint8Array<ArrayBuffer>, says: string])[] = [
  ["nothing", new Uint8Array(0), "the length of the header in the bytes to take 8 bytes, got 0."],
  ["seven bytes", new Uint8Array(7), "the length of the header in the bytes to take 8 bytes, got 7."],
  ["a header of 2^64 - 1 bytes", claiming(2n ** 64n - 1n), "the header in the bytes to have at most 16777216 bytes, got 18446744073709551615."],
  ["a header of 100 MB", claiming(100_000_000n), "the header in the bytes to have at most 16777216 bytes, got 100000000."],
  ["a header behind the end", claiming(3n), "the header in the bytes to end within the 10 bytes of the file, got one that ends at 11."],
  ["no header", fileOf(""), "the header in the bytes to be an object, got its end."],
  ["bytes that are no UTF-8", fileOf(Uint8Array.of(0x7b, 0xff, 0x7d)), "the header in the bytes to be UTF-8, got other bytes."],
  ["an overlong form of UTF-8", fileOf(Uint8Array.of(0x7b, 0xc0, 0xa2, 0x7d)), "the header in the bytes to be UTF-8, got other bytes."],
  ["a byte order mark", fileOf("\ufeff{}"), 'the header in the bytes to be an object, got "\ufeff{}" at 0.'],
  ["an array", fileOf("[]"), 'the header in the bytes to be an object, got "[]" at 0.'],
  ["a string", fileOf('"{}"'), String.raw`the header in the bytes to be an object, got "\"{}\"" at 0.`],
  ["a number", fileOf("7"), 'the header in the bytes to be an object, got "7" at 0.'],
  ["an end that is missing", fileOf("{"), "a key of the header in the bytes to be a string of Unicode, got its end."],
  ["a comma too many", fileOf(`{"a":${text},}`, 8), 'a key of the header in the bytes to be a string of Unicode, got "}" at 54.'],
  ["a comma too few", fileOf(`{"a":${text} "b":${text}}`, 8), String.raw`the header in the bytes to go on with , or }, got "\"b\":{\"dtype\":\"F32\",\"" at 54.`],
  ["a second header", fileOf("{}{}"), 'the header in the bytes to end behind its object, got "{}" at 2.'],
  ["a NUL as padding", fileOf("{}\0\0"), String.raw`the header in the bytes to end behind its object, got "\u0000\u0000" at 2.`],
  ["a key twice", fileOf(`{"a":${text},"a":${text}}`, 8), 'the header in the bytes to have each key once, got "a" twice.'],
  ["a key twice, once escaped", fileOf(String.raw`{"a":${text},"\u0061":${text}}`, 8), 'the header in the bytes to have each key once, got "a" twice.'],
  ["__proto__ twice", fileOf(String.raw`{"__proto__":${text},"__proto\u005f_":${text}}`, 8), 'the header in the bytes to have each key once, got "__proto__" twice.'],
  ["metadata twice", fileOf('{"__metadata__":{},"__metadata__":{}}'), 'the header in the bytes to have each key once, got "__metadata__" twice.'],
  ["a field twice", fileOf(`{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}`, 8), '"a" in the bytes to have each key once, got "shape" twice.'],
  ["a key of metadata twice", fileOf('{"__metadata__":{"k":"1","k":"2"}}'), '__metadata__ in the bytes to have each key once, got "k" twice.'],
  ["half a surrogate pair", fileOf(String.raw`{"\ud800":${text}}`, 8), String.raw`a key of the header in the bytes to be a string of Unicode, got "\"\\ud800\":{\"dtype\":\"F" at 1.`],
  ["an escape that is none", fileOf(String.raw`{"\x41":${text}}`, 8), String.raw`a key of the header in the bytes to be a string of Unicode, got "\"\\x41\":{\"dtype\":\"F32" at 1.`],
  ["a control character", fileOf(`{"\n":${text}}`, 8), String.raw`a key of the header in the bytes to be a string of Unicode, got "\"\n\":{\"dtype\":\"F32\",\"" at 1.`],
  ["metadata that is a list", fileOf({ __metadata__: [] }), '__metadata__ in the bytes to be an object, got "[]}" at 16.'],
  ["metadata that is null", fileOf({ __metadata__: null }), '__metadata__ in the bytes to be an object, got "null}" at 16.'],
  ["metadata with a number", fileOf({ __metadata__: { k: 1 } }), '"k" of __metadata__ in the bytes to be a string of Unicode, got "1}}" at 21.'],
  ["metadata with an object", fileOf({ __metadata__: { k: {} } }), '"k" of __metadata__ in the bytes to be a string of Unicode, got "{}}}" at 21.'],
  ["a tensor that is null", fileOf({ a: null }), '"a" in the bytes to be an object, got "null}" at 5.'],
  ["a tensor without dtype", fileOf({ a: { shape: [2], data_offsets: [0, 8] } }, 8), '"a" in the bytes to have dtype, shape and data_offsets, got not all of them.'],
  ["a tensor with more", fileOf({ a: { ...right, strides: [1] } }, 8), '"a" in the bytes to have dtype, shape and data_offsets alone, got "strides".'],
  ["a dtype that is unknown", fileOf({ a: entry("F7", [2], 0, 8) }, 8), 'dtype of "a" in the bytes to be one of BOOL, U8, I8, F8_E5M2, F8_E4M3, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ, I16, U16, F16, BF16, I32, U32, F32, C64, F64, I64, U64, got "F7".'],
  ["a dtype that objects have", fileOf({ a: entry("toString", [2], 0, 8) }, 8), 'got "toString".'],
  ["a dtype that is a number", fileOf({ a: { ...right, dtype: 1 } }, 8), 'dtype of "a" in the bytes to be a string of Unicode, got "1,'],
  ["a shape that is a number", fileOf({ a: { ...right, shape: 2 } }, 8), 'shape of "a" in the bytes to be a list of whole numbers, got "2,'],
  ["a shape in a shape", fileOf({ a: entry("F32", [[2]], 0, 8) }, 8), 'shape of "a" in the bytes to be whole numbers from 0 to 2^53 - 1, got "[2]],'],
  ["a negative extent", fileOf({ a: entry("F32", [-2], 0, 8) }, 8), 'shape of "a" in the bytes to be whole numbers from 0 to 2^53 - 1, got "-2],'],
  ["two negative extents", fileOf({ a: entry("F32", [-2, -1], 0, 8) }, 8), 'shape of "a" in the bytes to be whole numbers from 0 to 2^53 - 1, got "-2,-1],'],
  ["a fraction as extent", fileOf({ a: entry("F32", [0.5, 4], 0, 8) }, 8), 'shape of "a" in the bytes to be whole numbers from 0 to 2^53 - 1, got "0.5,4],'],
  ["an extent with a point", fileOf(`{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}`, 8), 'got "2.0],'],
  ["an extent with an exponent", fileOf(`{"a":{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}}`, 8), 'got "2e0],'],
  ["an extent with a zero before it", fileOf(`{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}`, 8), 'got "02],'],
  ["an extent of 2^53", fileOf({ a: entry("F32", [2 ** 53], 0, 8) }, 8), 'got "9007199254740992],'],
  ["an extent of 2^64", fileOf(`{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,8]}}`, 8), 'got "18446744073709551616'],
  ["an extent that is a string", fileOf({ a: entry("F32", ["2"], 0, 8) }, 8), String.raw`got "\"2\"],`],
  ["an extent that is null", fileOf({ a: entry("F32", [null], 0, 8) }, 8), 'got "null],'],
  ["extents that multiply to 2^64", fileOf({ a: entry("U8", [2 ** 32, 2 ** 32], 0, 0) }), 'shape of "a" in the bytes to have at most 2^53 - 1 bytes, got [4294967296, 4294967296].'],
  ["bytes of 2^64", fileOf({ a: entry("F64", [2 ** 31, 2 ** 30], 0, 0) }), 'shape of "a" in the bytes to have at most 2^53 - 1 bytes, got [2147483648, 1073741824].'],
  ["65 extents", fileOf({ a: entry("U8", Array(65).fill(1), 0, 1) }, 1), 'shape of "a" in the bytes to have at most 64 numbers, got more.'],
  ["one offset", fileOf({ a: entry("F32", [2], 0) }, 8), 'data_offsets of "a" in the bytes to be a begin and an end behind it, got [0].'],
  ["three offsets", fileOf({ a: entry("F32", [2], 0, 8, 8) }, 8), 'data_offsets of "a" in the bytes to have at most 2 numbers, got more.'],
  ["offsets the wrong way", fileOf({ a: entry("F32", [2], 8, 0) }, 8), 'data_offsets of "a" in the bytes to be a begin and an end behind it, got [8, 0].'],
  ["negative offsets, which reach into the header", fileOf({ a: entry("F32", [2], -8, 0) }), 'data_offsets of "a" in the bytes to be whole numbers from 0 to 2^53 - 1, got "-8,0]'],
  ["offsets of minus zero", fileOf(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[-0,8]}}`, 8), 'got "-0,8]'],
  ["an offset with a fraction", fileOf({ a: entry("F32", [2], 0.5, 8.5) }, 9), 'data_offsets of "a" in the bytes to be whole numbers from 0 to 2^53 - 1, got "0.5,8.5]'],
  ["an offset of 2^64", fileOf(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551616]}}`, 8), 'got "18446744073709551616'],
  ["fewer bytes than the shape", fileOf({ a: entry("F32", [2], 0, 4) }, 4), 'data_offsets of "a" in the bytes to be 8 bytes apart for F32 of shape [2], got [0, 4].'],
  ["more bytes than the shape", fileOf({ a: entry("F32", [2], 0, 12) }, 12), 'data_offsets of "a" in the bytes to be 8 bytes apart for F32 of shape [2], got [0, 12].'],
  ["an extent of 0 with bytes", fileOf({ a: entry("F32", [0], 0, 8) }, 8), 'data_offsets of "a" in the bytes to be 0 bytes apart for F32 of shape [0], got [0, 8].'],
  ["tensors that overlap", fileOf({ a: right, b: entry("F32", [2], 4, 12) }, 12), 'data_offsets of "b" in the bytes to begin where the tensor before ends, at 8, got 4.'],
  ["tensors in one place", fileOf({ a: right, b: right }, 8), 'data_offsets of "b" in the bytes to begin where the tensor before ends, at 8, got 0.'],
  ["a hole", fileOf({ a: right, b: entry("F32", [2], 12, 20) }, 20), 'data_offsets of "b" in the bytes to begin where the tensor before ends, at 8, got 12.'],
  ["a hole before all", fileOf({ a: entry("F32", [2], 4, 12) }, 12), 'data_offsets of "a" in the bytes to begin where the tensor before ends, at 0, got 4.'],
  ["an empty tensor in another", fileOf({ a: right, b: entry("F32", [0], 4, 4) }, 8), 'data_offsets of "b" in the bytes to begin where the tensor before ends, at 8, got 4.'],
  ["bytes behind the last", fileOf({ a: right }, 9), "the header in the bytes to tell of all 9 bytes of data, got tensors of 8."],
  ["bytes of no tensor", fileOf({}, 4), "the header in the bytes to tell of all 4 bytes of data, got tensors of 0."],
  ["offsets behind the end", fileOf({ a: right }, 7), "the header in the bytes to tell of all 7 bytes of data, got tensors of 8."],
  ["a terabyte in a few bytes", fileOf({ a: entry("U8", [2 ** 40], 0, 2 ** 40) }, 8), "the header in the bytes to tell of all 8 bytes of data, got tensors of 1099511627776."],
  ["a million levels of lists", fileOf(`{"a":${"[".repeat(1e6)}`), '"a" in the bytes to be an object, got "[[[[[[[[[[[[[[[[[[[[" at 5.'],
  ["a million levels of objects", fileOf('{"a":'.repeat(1e6)), '"a" in the bytes to have dtype, shape and data_offsets alone, got "a".'],
  ["a number of a million digits", fileOf(`{"a":{"dtype":"F32","shape":[${"1".repeat(1e6)}`), 'shape of "a" in the bytes to be whole numbers from 0 to 2^53 - 1, got "11111111111111111111" at'],
  ["a string of a million escapes", fileOf(`{"${"\\u0041".repeat(1e6)}`), "a key of the header in the bytes to be a string of Unicode, got"],
  ["bools that are neither", fileOf({ a: entry("BOOL", [3], 0, 3) }, Uint8Array.of(0, 1, 2)), 'bool of "a" in the bytes to be 0 or 1, got 2 as element 2.'],
  ["elements without a dtype here", fileOf({ a: entry("F8_E4M3", [2], 0, 2) }, 2), '"a" in the bytes to have a dtype that tensors have, got F8_E4M3.'],
]; // prettier-ignore

/** What a function says when it throws a FormatError. */
function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
  return "nothing is wrong";
}

it.each(hostile)("%s: a FormatError says where", async (_, bytes, says) => {
  const message = messageOf(() => decodeSafetensors(bytes));
  expect(message).toMatch(/^decodeSafetensors: expected .* got /s);
  expect(message).toContain(says);
  expect(message.length).toBeLessThan(300);
  await expect(loadSafetensors(new File([bytes], "model.safetensors"))).rejects.toThrow(
    new FormatError(message.replace("decodeSafetensors", "loadSafetensors").replace("the bytes", "model.safetensors")),
  );
});

describe("what is odd, but right", () => {
  it.each<[string, Uint8Array<ArrayBuffer>, string[]]>([
    ["white space all over", fileOf(`\t\r\n {\n"a" :\t${JSON.stringify(right, null, 2)} } \n\t`, 8), ["a"]],
    ["names that objects have", fileOf({ constructor: right, toString: entry("F32", [0], 8, 8) }, 8), ["constructor", "toString"]],
    ["__proto__", fileOf(`{"__proto__":${text}}`, 8), ["__proto__"]],
    ["any order of fields and tensors", fileOf(`{"b":{"data_offsets":[8,12],"shape":[],"dtype":"F32"},"a":${text}}`, 12), ["a", "b"]],
    ["empty tensors in one place", fileOf({ a: right, b: entry("I64", [0], 0, 0), c: entry("F32", [0, 9], 8, 8) }, 8), ["b", "a", "c"]],
    ["a name of nothing, metadata last", fileOf(`{"":${text},"__metadata__":{"":""}}`, 8), [""]],
    ["64 extents", fileOf({ a: entry("U8", Array(64).fill(1), 0, 1) }, 1), ["a"]],
    ["an extent of 2^53 - 1 beside 0", fileOf({ a: entry("U8", [0, 2 ** 53 - 1], 0, 0) }), ["a"]],
  ])("%s", async (_, bytes, names) => {
    const { tensors } = decodeSafetensors(bytes);
    expect(Object.keys(tensors)).toEqual(names);
    expect(Object.getPrototypeOf(tensors)).toBe(null);
    expect((await openSafetensors(bytes)).keys).toEqual(names);
    const again = encodeSafetensors(tensors);
    expect(encodeSafetensors(decodeSafetensors(again).tensors)).toEqual(again);
  }); // prettier-ignore

  it("a tensor without a dtype here does not keep the others from being read", async () => {
    const file = await openSafetensors(fileOf({ a: right, f8: entry("F8_E5M2", [2], 8, 10) }, 10));
    expect((await file.get("a")).shape).toEqual([2]);
    await expect(file.get("f8")).rejects.toThrow(
      new FormatError('get: expected "f8" in the bytes to have a dtype that tensors have, got F8_E5M2.'),
    );
  });

  it("a header may be larger than usual, or smaller, if that is said", () => {
    const bytes = fileOf(`{}${" ".repeat(2 ** 24)}`);
    expect(() => decodeSafetensors(bytes)).toThrow(FormatError);
    expect(Object.keys(decodeSafetensors(bytes, { maxHeaderBytes: 2 ** 25 }).tensors)).toEqual([]);
    expect(() => decodeSafetensors(fileOf("{}"), { maxHeaderBytes: 1 })).toThrow(
      new FormatError("decodeSafetensors: expected the header in the bytes to have at most 1 bytes, got 2."),
    );
  });
});

const small = encodeSafetensors(
  { a: tensor([1, 2]), b: tensor([true]), c: tensor([[7]], { dtype: "int32" }) },
  { metadata: { k: "v" } },
);

it("a file that is cut off anywhere is refused", async () => {
  for (let length = 0; length < small.length; length++) {
    expect(() => decodeSafetensors(small.subarray(0, length))).toThrow(FormatError);
    await expect(openSafetensors(small.subarray(0, length))).rejects.toThrow(FormatError);
  }
});

it("a file with any byte changed is refused, or read as another that comes out as it is", () => {
  fc.assert(
    fc.property(
      fc.nat(small.length - 1),
      fc.oneof(fc.nat(255), fc.constantFrom(...Array.from('{}[]":,0129 \\u', (c) => c.codePointAt(0)!))),
      (at, byte) => {
        const bytes = small.with(at, byte);
        try {
          const { tensors, metadata } = decodeSafetensors(bytes);
          const again = encodeSafetensors(tensors, { metadata });
          expect(encodeSafetensors(decodeSafetensors(again).tensors, { metadata })).toEqual(again);
        } catch (error) {
          expect(error).toBeInstanceOf(TapegradError);
          expect(error).toBeInstanceOf(FormatError);
        }
      },
    ),
    { numRuns: 3000 },
  );
});

it("a header of whatever JSON is refused, or described", () => {
  const json = fc.oneof(
    fc.json(),
    fc.record({ a: fc.jsonValue(), __metadata__: fc.jsonValue() }, { requiredKeys: [] }),
    fc.dictionary(fc.string(), fc.record({ dtype: fc.constantFrom("F32", "U8"), shape: fc.jsonValue(), data_offsets: fc.array(fc.nat(9)) })),
  ); // prettier-ignore
  fc.assert(
    fc.property(json, fc.nat(9), (header, size) => {
      const message = messageOf(() => decodeSafetensors(fileOf(header, size)));
      expect(message).toMatch(/^decodeSafetensors: expected |^nothing is wrong$/);
    }),
    { numRuns: 2000 },
  );
});
