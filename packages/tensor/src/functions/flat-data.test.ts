import { describe, expect, it } from "vitest";
import type { DType } from "../dtype.ts";
import { full, fullLike, tensor } from "./creation.ts";
import type { ArrayData, NestedData } from "./flat-data.ts";

type Row = readonly [title: string, data: ArrayData, dtype: DType, values: readonly number[]];

const rows: readonly Row[] = [
  ["Float64Array", Float64Array.of(0.1, -2), "float64", [0.1, -2]],
  ["Float32Array", Float32Array.of(0.5, -2), "float32", [0.5, -2]],
  ["Int32Array", Int32Array.of(-7, 2 ** 31 - 1), "int32", [-7, 2 ** 31 - 1]],
  ["Int16Array", Int16Array.of(-300, 0, 7), "int32", [-300, 0, 7]],
  ["Int8Array", Int8Array.of(-128, 127), "int32", [-128, 127]],
  ["Uint8Array", Uint8Array.of(0, 1, 255), "int32", [0, 1, 255]],
  ["Uint8ClampedArray", Uint8ClampedArray.of(0, 128, 255), "int32", [0, 128, 255]],
  ["Uint16Array", Uint16Array.of(0, 65535), "int32", [0, 65535]],
  ["Uint32Array", Uint32Array.of(0, 2 ** 31 - 1), "int32", [0, 2 ** 31 - 1]],
  ["BigInt64Array", BigInt64Array.of(-5n, 2n ** 31n - 1n), "int32", [-5, 2 ** 31 - 1]],
  ["BigUint64Array", BigUint64Array.of(0n, 9n), "int32", [0, 9]],
  ["a part of a buffer", new Uint8Array(Uint8Array.of(9, 9, 3, 4).buffer, 2, 2), "int32", [3, 4]],
  ["a subclass, such as Node's Buffer", new (class extends Uint8Array {})([1, 2, 3]), "int32", [1, 2, 3]],
];

describe("tensor", () => {
  it.each(rows)("keeps the values of a %s", (_, data, dtype, values) => {
    const x = tensor(data);
    expect([x.dtype, x.shape, x.toArray()]).toEqual([dtype, [values.length], values]);
    expect(tensor(data, { dtype: "float64" }).toArray()).toEqual(values);
    expect(tensor(data, { dtype: "bool" }).toArray()).toEqual(values.map((value) => Number(value !== 0)));
  });

  it("keeps those of a Float16Array", () => {
    /** Stands in for it on engines without. */
    class Halves extends Float32Array {
      override get [Symbol.toStringTag](): "Float32Array" {
        return "Float16Array" as "Float32Array";
      }
    }
    const Float16 = (Reflect.get(globalThis, "Float16Array") ?? Halves) as Float32ArrayConstructor;
    const x = tensor(new Float16([0.5, -2]));
    expect([x.dtype, x.toArray()]).toEqual(["float32", [0.5, -2]]);
  });

  it("converts every typed array to the dtype that is given, modulo 2^32 for int32", () => {
    expect(tensor(Uint32Array.of(1, 2 ** 32 - 1), { dtype: "float64" }).toArray()).toEqual([1, 2 ** 32 - 1]);
    expect(tensor(Uint32Array.of(1, 2 ** 32 - 1), { dtype: "int32" }).toArray()).toEqual([1, -1]);
    expect(tensor(BigInt64Array.of(2n ** 40n, -1n), { dtype: "float32" }).toArray()).toEqual([2 ** 40, -1]);
    expect(tensor(BigInt64Array.of(2n ** 63n - 1n), { dtype: "int32" }).toArray()).toEqual([-1]);
    expect(tensor(BigUint64Array.of(2n ** 64n - 1n, 0n), { dtype: "bool" }).toArray()).toEqual([1, 0]);
    expect(tensor(Float64Array.of(NaN, 3e9, -1.9), { dtype: "int32" }).toArray()).toEqual([0, -1294967296, -1]);
  });

  it.each<[NestedData, DType, unknown]>([
    [true, "bool", 1],
    [[true, false], "bool", [1, 0]],
    [[[false], [true]], "bool", [[0], [1]]],
    [[1, 2.5], "float32", [1, 2.5]],
    [[], "float32", []],
  ])("makes of %j a tensor of dtype %s", (data, dtype, values) => {
    const x = tensor(data);
    expect([x.dtype, x.toArray()]).toEqual([dtype, values]);
  });

  it("mixes booleans and numbers where a dtype is given", () => {
    expect(tensor([true, 2], { dtype: "float32" }).toArray()).toEqual([1, 2]);
    expect(tensor([2, false], { dtype: "bool" }).toArray()).toEqual([1, 0]);
  });
});

describe("numbers as int32", () => {
  it("lose their fraction, and fit to the last", () => {
    const numbers = [1.5, -1.5, -0.5, 2 ** 31 - 0.5, -(2 ** 31) - 0.5];
    expect(tensor(numbers, { dtype: "int32" }).toArray()).toEqual([1, -1, 0, 2 ** 31 - 1, -(2 ** 31)]);
  });

  it("wrap where they come in a typed array or are cast", () => {
    const numbers = [3e9, Number.NaN, -Infinity, -3e9];
    const wrapped = [-1294967296, 0, 0, 1294967296];
    expect(tensor(Float64Array.from(numbers), { dtype: "int32" }).toArray()).toEqual(wrapped);
    expect(tensor(numbers).to("int32").toArray()).toEqual(wrapped);
    expect(tensor(BigInt64Array.of(2n ** 32n + 5n), { dtype: "int32" }).toArray()).toEqual([5]);
  });

  it("are what they are for other dtypes", () => {
    expect(tensor([3e9, Number.NaN], { dtype: "bool" }).toArray()).toEqual([1, 1]);
    expect(tensor([3e9], { dtype: "float64" }).item()).toBe(3e9);
  });
});

describe("full", () => {
  it("converts the value as a cast does", () => {
    expect(full([2], 2, { dtype: "bool" }).toArray()).toEqual([1, 1]);
    expect(full([1], NaN, { dtype: "bool" }).toArray()).toEqual([1]);
    expect(full([1], -1.5, { dtype: "int32" }).toArray()).toEqual([-1]);
    expect(full([1], 2 ** 31 - 0.5, { dtype: "int32" }).toArray()).toEqual([2 ** 31 - 1]);
  });

  it("is like a tensor, unless that cannot have the value", () => {
    const like = (dtype: DType, value: number): unknown => {
      const x = fullLike(tensor([1], { dtype }), value);
      return [x.dtype, x.item()];
    };
    expect(like("int32", 0.5)).toEqual(["float32", 0.5]);
    expect(like("int32", 2 ** 31)).toEqual(["float32", 2 ** 31]);
    expect(like("int32", -7)).toEqual(["int32", -7]);
    expect(like("bool", 1)).toEqual(["bool", 1]);
    expect(like("bool", 2)).toEqual(["int32", 2]);
    expect(like("float64", 0.1)).toEqual(["float64", 0.1]);
    expect(fullLike(tensor([1], { dtype: "int32" }), 0.5, { dtype: "int32" }).toArray()).toEqual([0]);
  });
});
