import { malformed, Message } from "@tapegrad/io/internal";
import { FormatError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { readTensor } from "./to-tensor.ts";

const intField = (field: number, value: number | bigint): Uint8Array => new Message().whole(field, value).bytes;
const floatField = (field: number, value: number): Uint8Array => new Message().float(field, value).bytes;
const doubleField = (field: number, value: number): Uint8Array => new Message().double(field, value).bytes;

const tensor = (dataType: number, dims: readonly (number | bigint)[], ...data: Uint8Array[]): Uint8Array =>
  Uint8Array.from(
    [...dims.map((dim) => intField(1, dim)), intField(2, dataType), ...data].flatMap((part) => [...part]),
  );
const raw = (...bytes: number[]): Uint8Array => new Message().content(9, Uint8Array.from(bytes)).bytes;

describe("readTensor", () => {
  it.each<[name: string, bytes: Uint8Array, dtype: string, values: number[]]>([
    ["FLOAT raw", tensor(1, [1], raw(0, 0, 0x80, 0x3f)), "float32", [1]],
    ["FLOAT listed", tensor(1, [2], floatField(4, 0.5), floatField(4, 2 ** 63)), "float32", [0.5, 2 ** 63]],
    ["UINT8 raw", tensor(2, [2], raw(255, 1)), "int32", [255, 1]],
    ["INT8 raw", tensor(3, [2], raw(255, 1)), "int32", [-1, 1]],
    ["UINT16 raw", tensor(4, [1], raw(255, 255)), "int32", [65535]],
    ["INT16 raw", tensor(5, [1], raw(254, 255)), "int32", [-2]],
    ["INT32 raw", tensor(6, [1], raw(254, 255, 255, 255)), "int32", [-2]],
    ["INT32 listed", tensor(6, [1], intField(5, -7)), "int32", [-7]],
    ["INT64 raw", tensor(7, [1], raw(254, 255, 255, 255, 255, 255, 255, 255)), "int32", [-2]],
    ["INT64 listed", tensor(7, [1], intField(7, -(2 ** 31))), "int32", [-(2 ** 31)]],
    ["BOOL raw", tensor(9, [2], raw(0, 1)), "bool", [0, 1]],
    ["BOOL listed", tensor(9, [2], intField(5, 0), intField(5, 2)), "bool", [0, 1]],
    ["FLOAT16 raw", tensor(10, [3], raw(0, 0x3c, 0, 0xfc, 1, 0)), "float32", [1, -Infinity, 2 ** -24]],
    ["FLOAT16 listed", tensor(10, [2], intField(5, 0x7e00), intField(5, 0x7bff)), "float32", [NaN, 65504]],
    ["DOUBLE raw", tensor(11, [1], raw(0, 0, 0, 0, 0, 0, 0xe0, 0xbf)), "float64", [-0.5]],
    ["DOUBLE listed", tensor(11, [1], doubleField(10, 0.1)), "float64", [0.1]],
    ["UINT32 listed", tensor(12, [1], intField(11, 7)), "int32", [7]],
    ["UINT64 raw", tensor(13, [1], raw(7, 0, 0, 0, 0, 0, 0, 0)), "int32", [7]],
    ["BFLOAT16 raw", tensor(16, [1], raw(0x80, 0xbf)), "float32", [-1]],
    ["an empty one", tensor(1, [0, 3], raw()), "float32", []],
  ])("reads %s", (_, bytes, dtype, values) => {
    const t = readTensor("a.pb", bytes);
    expect([t.dtype, [...t.data]]).toEqual([dtype, values]);
  });

  const known = "FLOAT, UINT8, INT8, UINT16, INT16, INT32, INT64, BOOL, FLOAT16, DOUBLE, UINT32, UINT64, BFLOAT16";
  it.each<[why: string, bytes: Uint8Array, field: string, problem: string]>([
    ["strings", tensor(8, [1]), "data_type", `expected a dtype among ${known}, got STRING`],
    ["complex numbers", tensor(14, [1]), "data_type", `expected a dtype among ${known}, got COMPLEX64`],
    ["an unknown dtype", tensor(99, [1]), "data_type", `expected a dtype among ${known}, got number 99`],
    ["a negative extent", tensor(1, [-1]), "dims[0]", "expected an extent of at least 0, got -1"],
    ["a huge extent", tensor(1, [1, 2n ** 62n]), "dims[1]", `expected an extent of at least 0, got ${2 ** 62}`],
    [
      "a huge product",
      tensor(1, [2 ** 50, 2 ** 50]),
      "float_data",
      `expected ${2 ** 100} items of FLOAT for shape [${2 ** 50}, ${2 ** 50}], got 0`,
    ],
    ["too few items", tensor(1, [3], floatField(4, 1)), "float_data", "expected 3 items of FLOAT for shape [3], got 1"],
    [
      "too many bytes",
      tensor(6, [1], raw(1, 0, 0, 0, 0)),
      "raw_data",
      "expected 1 items of INT32 for shape [1], got 1.25",
    ],
    [
      "a number beyond int32",
      tensor(7, [2], intField(7, 1), intField(7, 2 ** 31)),
      "int64_data[1]",
      `expected a value within int32, got ${2 ** 31}`,
    ],
  ])("refuses %s", (_, bytes, field, problem) => {
    expect(() => readTensor("a.pb", bytes)).toThrow(malformed("a.pb", field, problem));
  });

  it("refuses a raw number beyond int32", () => {
    expect(() => readTensor("a.pb", tensor(13, [1], raw(0, 0, 0, 0, 1, 0, 0, 0)))).toThrow(
      new FormatError(`a.pb: expected uint64 of raw_data within int32, got ${2 ** 32} as element 0.`),
    );
  });

  it("reads the ends of int64 as those of int32", () => {
    const ends = tensor(7, [2], intField(7, 2n ** 63n - 1n), intField(7, -(2n ** 63n)));
    expect([...readTensor("a.pb", ends).data]).toEqual([2 ** 31 - 1, -(2 ** 31)]);
    const end = tensor(7, [1], raw(255, 255, 255, 255, 255, 255, 255, 127));
    expect([...readTensor("a.pb", end).data]).toEqual([2 ** 31 - 1]);
  });
});
