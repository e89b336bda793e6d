import { compile } from "@tapegrad/compile";
import { assign, FormatError, ShapeError, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { decodeNpy, encodeNpy, type NpyOptions } from "../../src/index.ts";
import { goldenNpy } from "./golden.ts";

const header = (bytes: Uint8Array): string => {
  const [text] = /\{.*\}/.exec(new TextDecoder("latin1").decode(bytes))!;
  return text;
};

describe("decodeNpy", () => {
  it.each(goldenNpy)("reads $name, as NumPy wrote it", ({ bytes, dtype, shape, values }) => {
    const offset = new Uint8Array([9, ...bytes, 9]).subarray(1, -1);
    for (const each of [bytes, offset, Buffer.from(bytes)]) {
      const read = decodeNpy(each);
      expect([read.dtype, read.shape, Array.from(read.data, Number)]).toEqual([dtype, shape, values]);
    }
  });

  it("gives elements that are nobody else's", () => {
    const bytes = encodeNpy(tensor([1, 2]));
    const read = decodeNpy(bytes);
    bytes.fill(0, 128);
    expect(read.toArray()).toEqual([1, 2]);
  });

  it("refuses whatever is cut off, at every byte", () => {
    for (const { bytes } of goldenNpy.slice(0, 8))
      for (let length = 0; length < bytes.length; length++)
        expect(() => decodeNpy(bytes.subarray(0, length)), `${length}`).toThrow(FormatError);
  });

  const npy = (text: string, body: readonly number[] = [1], version = [1, 0]): Uint8Array => {
    const ascii = new TextEncoder().encode(text);
    const length = [ascii.length & 255, ascii.length >> 8, ...(version[0] === 1 ? [] : [0, 0])];
    return Uint8Array.of(0x93, ...Buffer.from("NUMPY"), ...version, ...length, ...ascii, ...body);
  };
  const head = (descr: string, shape = "(1,)", order = "False"): string =>
    `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
  const dictionary = "to have a header with descr, fortran_order and shape";
  const known = "b1, ?, u1, i1, u2, i2, u4, i4, u8, i8, f2, f4, f8";

  it.each<[string, Uint8Array, string | RegExp]>([
    ["other bytes", Uint8Array.of(1, 2), "to begin with 0x93, NUMPY, a version and a length, got 2 others"],
    ["version 4", npy(head("'|u1'"), [1], [4, 0]), "to be of version 1, 2 or 3, got 4.0"],
    ["version 1.1", npy(head("'|u1'"), [1], [1, 1]), "to be of version 1, 2 or 3, got 1.1"],
    ["a header that is cut off", npy(head("'|u1'"), []).subarray(0, 30), "to have a header of 58 bytes, got 20"],
    [
      "a long header",
      npy(head("'|u1'"), [1], [2, 0]).with(10, 1),
      "to have a header of at most 65535 bytes, got 65594",
    ],
    ["too few elements", npy(head("'<f4'", "(2,)"), [0, 0, 0, 0]), "to have 8 bytes of float32 of shape [2], got 4"],
    ["too many", npy(head("'|u1'", "(1, 2)"), [1, 2, 3]), "to have 2 bytes of uint8 of shape [1, 2], got 3"],
    [
      "too large a shape",
      npy(head("'<f8'", `(${"9007199254740991, ".repeat(64)})`)),
      `to have Infinity bytes of float64 of shape [${Array(64).fill("9007199254740991").join(", ")}], got 1`,
    ],
    ["objects", npy(head("'|O'")), `to have elements of ${known}, got "|O", which are objects of Python`],
    ["strings", npy(head("'<U3'")), `to have elements of ${known}, got "<U3", which are strings`],
    ["strings of bytes", npy(head("'|S1'")), `to have elements of ${known}, got "|S1", which are strings`],
    ["complex numbers", npy(head("'<c8'")), `to have elements of ${known}, got "<c8", which are complex numbers`],
    ["dates", npy(head("'<M8[ns]'")), `to have elements of ${known}, got "<M8[ns]", which are dates`],
    ["spans", npy(head("'<m8[s]'")), `to have elements of ${known}, got "<m8[s]", which are spans of time`],
    ["raw bytes", npy(head("'|V4'")), `to have elements of ${known}, got "|V4", which are raw bytes`],
    [
      "records",
      npy(head("[('a', '<f4'), ('b', '<i4', (2,))]")),
      `to have elements of ${known}, got [["a","<f4"],["b","<i4",[2]]], which are records with fields`,
    ],
    ["wide floats", npy(head("'<f16'")), `to have elements of ${known}, got "<f16"`],
    ["members of every object", npy(head("'toString'")), `to have elements of ${known}, got "toString"`],
    [
      "code",
      npy(head("__import__('os')")),
      `${dictionary}, got "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,), }"`,
    ],
    [
      "a missing entry",
      npy("{'descr': '|u1', 'shape': (1,), }"),
      `${dictionary}, got "{'descr': '|u1', 'shape': (1,), }"`,
    ],
    [
      "a double one",
      npy("{'descr': '|u1', 'fortran_order': False, 'descr': '|u1', 'shape': (1,)}"),
      `${dictionary}, got "{'descr': '|u1', 'fortran_order': False, 'descr': '|u1', 'shape': (1,)}"`,
    ],
    [
      "another one",
      npy("{'descr': '|u1', 'fortran_order': False, '__proto__': (1,)}"),
      `${dictionary}, got "{'descr': '|u1', 'fortran_order': False, '__proto__': (1,)}"`,
    ],
    ["what follows", npy(`${head("'|u1'")} 1`), /with descr.*got "\{'descr'/],
    ["what never ends", npy("(".repeat(60_000)), `${dictionary}, got "${"(".repeat(80)}"`],
    ["an order that is none", npy(head("'|u1'", "(1,)", "1")), /with descr/],
    ["a shape that is none", npy(head("'|u1'", "1")), /with descr/],
    ["an extent that is none", npy(head("'|u1'", "(1 2,)")), /with descr/],
    ["a fraction", npy(head("'|u1'", "(1.5,)")), /with descr/],
    ["a negative extent", npy(head("'|u1'", "(-1,)")), /with descr/],
    ["a tuple as extent", npy(head("'|u1'", "((1,),)")), "to have a shape of at most 64 extents, got [[1]]"],
    [
      "a shape beyond numbers",
      npy(head("'|u1'", "(99999999999999999,)")),
      "to have a shape of at most 64 extents, got [100000000000000000]",
    ],
    [
      "too many extents",
      npy(head("'|u1'", `(${"1, ".repeat(65)})`)),
      /to have a shape of at most 64 extents, got \[1,1/,
    ],
  ])("refuses %s", (_, bytes, message) => {
    const expected =
      typeof message === "string" ? new FormatError(`decodeNpy: expected the bytes ${message}.`) : message;
    expect(() => decodeNpy(bytes)).toThrow(expected);
    expect(() => decodeNpy(bytes)).toThrow(FormatError);
  });

  it.each<[string, number[], string]>([
    ["'<u4'", [1, 0, 0, 0, 0, 0, 0, 128], "uint32 of the bytes within int32, got 2147483648 as element 1"],
    ["'>i8'", [0, 0, 0, 0, 0, 0, 0, 1, 255, 255, 255, 255, 127, 255, 255, 255], "int64 of the bytes within int32, got -2147483649 as element 1"], // prettier-ignore
    ["'<u8'", [1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255], "uint64 of the bytes within int32, got 18446744073709551615 as element 1"], // prettier-ignore
  ])("refuses whole numbers of type %s beyond int32", (descr, body, message) => {
    expect(() => decodeNpy(npy(head(descr, "(2,)"), body))).toThrow(new FormatError(`decodeNpy: expected ${message}.`));
  });

  it("takes entries in any order, either quotes, numbers of Python 2, and spaces", () => {
    const text = `{ "shape" :(1L,) , "fortran_order": True, 'descr': ">i2"}  `;
    expect(decodeNpy(npy(text, [1, 2], [2, 0])).toArray()).toEqual([258]);
    expect(decodeNpy(npy(head("'=?'", "()"), [1])).data).toEqual(Uint8Array.of(1));
  });

  it("takes shapes without elements whose extents can be multiplied", () => {
    expect(decodeNpy(npy(head("'<f4'", "(0, 900719925474099)"), [])).shape).toEqual([0, 900719925474099]);
    expect(() => decodeNpy(npy(head("'<f4'", "(0, 9007199254740991)"), []))).toThrow(
      /expected the bytes to have 36028797018963964 bytes of float32/,
    );
  });

  it("needs no longer for what is quadratic to look for", () => {
    const start = performance.now();
    expect(() => decodeNpy(npy(`{'descr': '<f4'${" ".repeat(65_000)}x`))).toThrow(FormatError);
    expect(() => decodeNpy(npy(`{${"'".repeat(65_000)}`))).toThrow(FormatError);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe("encodeNpy", () => {
  // What NumPy writes of types, orders and versions that are ours.
  const ours = goldenNpy.filter(({ bytes }) => /'(<f4|<f8|<i4|\|b1)'/.test(header(bytes)));
  it("has enough to be compared with", () => {
    expect(ours.length).toBe(15);
  });

  it.each(ours)("writes $name as NumPy does, byte for byte", ({ bytes, dtype, shape, values }) => {
    const x = tensor(values, { dtype }).reshape(shape);
    const version = bytes[6] as 1 | 2 | 3;
    const fortranOrder = header(bytes).includes("True");
    expect(encodeNpy(x, { version, fortranOrder })).toEqual(bytes);
  });

  it.each<[string, Tensor, NpyOptions]>([
    ["a view", tensor([[1, 2, 3], [4, 5, 6]]).permute([1, 0]), {}], // prettier-ignore
    ["NaN and infinities", tensor([Number.NaN, Infinity, -Infinity, -0]), {}],
    ["a parameter", tensor([1, 2]).requiresGrad_(), {}],
    ["Fortran order of a list", tensor([1, 2]), { fortranOrder: true }],
    ["Fortran order of rank 4", tensor(Array.from({ length: 120 }, (_, i) => i)).reshape([2, 3, 4, 5]), { fortranOrder: true }], // prettier-ignore
    ["nothing in Fortran order", zeros([3, 0, 2]), { fortranOrder: true, version: 3 }],
  ])("writes %s", (_, x, options) => {
    const read = decodeNpy(encodeNpy(x, options));
    expect([read.shape, read.dtype, read.data, read.requiresGrad]).toEqual([x.shape, x.dtype, x.data, false]);
  });

  it("writes nothing that cannot be read", () => {
    for (const shape of [Array<number>(65).fill(1), [0, 2 ** 40, 2 ** 12]])
      expect(() => encodeNpy(zeros(shape))).toThrow(
        new ShapeError(`encodeNpy: expected x of a shape that files have, got [${shape.join(", ")}].`),
      );
    expect(decodeNpy(encodeNpy(zeros(Array<number>(64).fill(1)), { fortranOrder: true })).shape.length).toBe(64);
  });

  it("is not for functions that are traced", () => {
    expect(() => compile((x: Tensor) => (encodeNpy(x), x))(zeros([1]))).toThrow(
      "encodeNpy: expected a call outside compiled functions, got one while tracing. " +
        "Return the tensors from the compiled function and write them afterwards.",
    );
  });

  it("writes what a compiled function has computed into memory of its own", () => {
    const weight = tensor([1, 2]);
    const step = compile(() => assign(weight, weight.add(1)));
    step();
    const bytes = encodeNpy(weight);
    expect([decodeNpy(bytes).toArray(), bytes.buffer.constructor]).toEqual([[2, 3], ArrayBuffer]);
  });

  it("refuses what is no tensor, and no option", () => {
    expect(() => encodeNpy([1, 2] as unknown as Tensor)).toThrow(
      new ValueError("encodeNpy: expected x to be a tensor, got [1, 2]. Make one of it with tensor(...)."),
    );
    expect(() => encodeNpy(zeros([1]), { version: 4 as 3 })).toThrow(
      new ValueError("encodeNpy: expected version to be 1, 2 or 3, got 4."),
    );
  });
});
