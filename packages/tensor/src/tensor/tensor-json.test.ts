import { describe, expect, it } from "vitest";
import { type DType, ones, ShapeError, tensor, type Tensor, ValueError, zeros } from "../index.ts";

const throughJSON = (x: Tensor): Tensor => tensor(JSON.parse(JSON.stringify(x)));

describe("a tensor through JSON", () => {
  it.each<[DType, number[]]>([
    ["float32", [0.1, -0, Number.NaN, Infinity, -Infinity, 2 ** -149, 3.4028234663852886e38]],
    ["float64", [0.1, -0, Number.NaN, Infinity, -Infinity, 5e-324, 1.7976931348623157e308, 2 ** 53 + 2]],
    ["int32", [2 ** 31 - 1, -(2 ** 31), 0]],
    ["bool", [1, 0]],
  ])("keeps every bit of %s", (dtype, elements) => {
    const x = tensor(elements, { dtype });
    const y = throughJSON(x);
    expect(y.dtype).toBe(dtype);
    expect(y.data.every((element, i) => Object.is(element, x.data[i]))).toBe(true);
  });

  it("keeps shapes, those without elements too, and leaves the graph behind", () => {
    for (const shape of [[], [2, 3], [0], [2, 0, 3]]) expect(throughJSON(ones(shape)).shape).toEqual(shape);
    const y = throughJSON(tensor([1], { requiresGrad: true }).mul(2));
    expect([y.requiresGrad, y.item()]).toEqual([false, 2]);
  });

  it("takes another dtype, but wraps nothing into int32", () => {
    const saved = JSON.parse(JSON.stringify(tensor([1.5, 3e9], { dtype: "float64" })));
    expect(tensor(saved, { dtype: "float32" }).toArray()).toEqual([1.5, 3e9]);
    expect(() => tensor(saved, { dtype: "int32" })).toThrow(
      /^tensor: expected int32 elements .*, got 3000000000 at \[1\]/,
    );
  });

  it("is short, and found by JSON.stringify wherever it is", () => {
    expect(JSON.stringify({ loss: zeros([]), all: [tensor([true])] })).toBe(
      '{"loss":{"dtype":"float32","shape":[],"data":[0]},"all":[{"dtype":"bool","shape":[1],"data":[1]}]}',
    );
  });

  it("takes the options of other data", () => {
    const x = tensor({ dtype: "int32", shape: [2], data: [1, 2] }, { dtype: "float64", shape: [2, 1] });
    expect([x.dtype, x.shape]).toEqual(["float64", [2, 1]]);
  });

  it.each<[string, unknown, new (message: string) => Error, string]>([
    ["null", { dtype: "float32", shape: [2], data: [1, null] }, ValueError, "tensor: expected elements of float32 in data, got null at 1."],
    ["a word", { dtype: "float32", shape: [1], data: ["toString"] }, ValueError, 'tensor: expected elements of float32 in data, got "toString" at 0.'],
    ["a fraction", { dtype: "int32", shape: [1], data: [0.5] }, ValueError, "tensor: expected elements of int32 in data, got 0.5 at 0."],
    ["a word for int32", { dtype: "int32", shape: [1], data: ["NaN"] }, ValueError, 'tensor: expected elements of int32 in data, got "NaN" at 0.'],
    ["no truth", { dtype: "bool", shape: [1], data: [2] }, ValueError, "tensor: expected elements of bool in data, got 2 at 0."],
    ["too few", { dtype: "bool", shape: [2], data: [1] }, ShapeError, "tensor: expected 2 elements for shape [2], got 1."],
    ["no shape", { dtype: "bool", shape: [-1], data: [1] }, ShapeError, "tensor: expected whole extents of at least 0, got shape [-1]."],
    ["no dtype", { dtype: "half", shape: [1], data: [1] }, ValueError, "tensor: expected a number, nested arrays or a typed array, got { dtype: \"half\", shape: [1], data: [1] }."],
  ])("refuses %s", (_, json, type, message) => {
    expect(() => tensor(json as never)).toThrow(new type(message));
  }); // prettier-ignore
});
