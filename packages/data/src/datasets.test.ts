import { arange, assign, ShapeError, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { collate } from "./collate.ts";
import { collect } from "./collect.ts";
import { concat } from "./concat.ts";
import type { Dataset } from "./dataset.ts";
import { DataLoader } from "./loader/data-loader.ts";
import { map } from "./map.ts";
import { Subset } from "./subset.ts";
import { TensorDataset } from "./tensor-dataset.ts";

const letters: Dataset<string> = { length: 4, get: (index) => "abcd".charAt(index) };

describe("TensorDataset", () => {
  const wide = arange(60).to("float32").reshape([3, 20]);
  const labels = tensor([2, 0, 1], { dtype: "int32" });
  const flags = tensor([1, 0, 1], { dtype: "bool" });
  const exact = tensor([[[0.1]], [[0.2]], [[0.3]]], { dtype: "float64" });
  const data = new TensorDataset(wide, labels, flags, exact);

  it("gives rows without the first axis", () => {
    const [x, y, flag, value] = data.get(1);
    expect([x.shape, y.shape, flag.shape, value.shape]).toEqual([[20], [], [], [1, 1]]);
    expect([y.item(), flag.item(), value.item()]).toEqual([0, 0, 0.2]);
    expect(x.data[0]).toBe(20);
  });

  it("gathers rows of every dtype, with repeats", () => {
    const [x, y, flag, value] = data.gather(Int32Array.of(2, 0, 2, 1));
    expect([x.shape, y.shape, flag.shape, value.shape]).toEqual([[4, 20], [4], [4], [4, 1, 1]]);
    expect([x.dtype, y.dtype, flag.dtype, value.dtype]).toEqual(["float32", "int32", "bool", "float64"]);
    expect([...y.data]).toEqual([1, 2, 1, 0]);
    expect([...flag.data]).toEqual([1, 1, 1, 0]);
    expect([...value.data]).toEqual([0.3, 0.1, 0.3, 0.2]);
    expect([...x.data]).toEqual([2, 0, 2, 1].flatMap((row) => Array.from({ length: 20 }, (_, i) => row * 20 + i)));
  });

  it("copies, so that an assignment to the source leaves the batches as they are", () => {
    const source = tensor([[1, 2]]);
    const [x] = new TensorDataset(source).gather(Int32Array.of(0));
    assign(source, tensor([[3, 4]]));
    expect(x.toArray()).toEqual([[1, 2]]);
  });

  it("reads rows of no elements", () => {
    const empty = new TensorDataset(tensor([], { shape: [2, 0] }));
    expect(empty.gather(Int32Array.of(1, 1, 0))[0].shape).toEqual([3, 0]);
  });

  it.each([
    [() => new TensorDataset(), ValueError, "TensorDataset: expected at least one tensor, got none."],
    [
      () => new TensorDataset([1, 2] as never),
      ValueError,
      "TensorDataset: expected tensors, got [1, 2] at position 0.",
    ],
    [
      () => new TensorDataset(tensor([1]), tensor(1)),
      ShapeError,
      "TensorDataset: expected tensors with a first axis, got a scalar at position 1.",
    ],
    [
      () => new TensorDataset(arange(3), arange(4)),
      ShapeError,
      "TensorDataset: expected first axes of the same size, got 3, 4.",
    ],
    [() => data.get(3), ValueError, "TensorDataset.get: expected an index from 0 to 2, got 3."],
    [() => data.get(-1), ValueError, "TensorDataset.get: expected an index from 0 to 2, got -1."],
    [() => data.get(0.5), ValueError, "TensorDataset.get: expected an index from 0 to 2, got 0.5."],
    [
      () => new TensorDataset(tensor([], { shape: [0] })).get(0),
      ValueError,
      "TensorDataset.get: expected no index, since it is empty, got 0.",
    ],
  ])("rejects what does not fit (%#)", (call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});

describe("Subset", () => {
  it("reads through to the samples", () => {
    const subset = new Subset(letters, [3, 3, 0]);
    expect(subset.length).toBe(3);
    expect([0, 1, 2].map((index) => subset.get(index))).toEqual(["d", "d", "a"]);
    expect(collect(subset)).toEqual(["d", "d", "a"]);
  });

  it("gathers tensors at once, through several levels", () => {
    const inner = new Subset(new TensorDataset(arange(10)), [9, 7, 5, 3]);
    expect([...new Subset(inner, [3, 0]).gather(Int32Array.of(1, 0))[0].data]).toEqual([9, 3]);
  });

  it.each([
    [() => new Subset(letters, [4]), "Subset: expected an index from 0 to 3, got 4."],
    [() => new Subset(letters, [1]).get(1), "Subset.get: expected an index from 0 to 0, got 1."],
    [() => new Subset(letters, [1]).gather(Int32Array.of(2)), "Subset.gather: expected an index from 0 to 0, got 2."],
  ])("rejects indices out of range (%#)", (call, message) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(message);
  });
});

describe("concat", () => {
  it("puts data sets one after the other, empty ones too", () => {
    const both = concat(letters, new Subset(letters, []), new Subset(letters, [2]));
    expect(both.length).toBe(5);
    expect(collect(both)).toEqual(["a", "b", "c", "d", "c"]);
  });

  it("makes batches of tensors of several sets", () => {
    const both = concat(new TensorDataset(arange(2)), new TensorDataset(arange(3)));
    expect([...collect(both)[0].data]).toEqual([0, 1, 0, 1, 2]);
  });

  it("rejects nothing at all and indices out of range", () => {
    expect(() => concat()).toThrow("concat: expected at least one data set, got none.");
    expect(() => concat(letters).get(4)).toThrow("concat.get: expected an index from 0 to 3, got 4.");
  });
});

describe("map", () => {
  it("passes sample and index to the function, at each reading", () => {
    let calls = 0;
    const mapped = map(letters, (letter, index) => {
      calls++;
      return `${letter}${index}`;
    });
    expect(mapped.length).toBe(4);
    expect(calls).toBe(0);
    expect(collect(mapped)).toEqual(["a0", "b1", "c2", "d3"]);
    expect(calls).toBe(4);
  });
});

describe("collate", () => {
  it("stacks tensors and makes tensors of numbers and booleans", () => {
    expect(collate([tensor([1, 2]), tensor([3, 4])]).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(collate([1, 2.5]).toArray()).toEqual([1, 2.5]);
    const flags = collate([true, false]);
    expect([flags.dtype, ...flags.data]).toEqual(["bool", 1, 0]);
  });

  it("keeps tuples and records", () => {
    const samples = [
      { name: "a", at: [1, tensor([5])] as const },
      { name: "b", at: [2, tensor([6])] as const },
    ];
    const { name, at } = collate(samples);
    expect(name).toEqual(["a", "b"]);
    expect(at[0].toArray()).toEqual([1, 2]);
    expect(at[1].shape).toEqual([2, 1]);
  });

  it.each<[readonly unknown[], string]>([
    [[], "collate: expected at least one sample, got none."],
    [[1, "a"], "collate: expected samples of one form, got number and string. Pass your own collate function"],
    [[null], "collate: expected samples of one form, got null."],
    [[tensor(1), 1], "collate: expected samples of one form, got Tensor and number."],
    [[[1], [1, 2]], "collate: expected samples of 1 parts, got one of 2."],
    [[{ a: 1 }, { b: 1 }], 'collate: expected samples with the same keys, got "a" in only some of them.'],
    [[{ a: 1 }, { a: 1, b: 1 }], 'collate: expected samples with the same keys, got "b" in only some of them.'],
  ])("rejects %o", (samples, message) => {
    expect(() => collate(samples)).toThrow(ValueError);
    expect(() => collate(samples)).toThrow(message);
  });
});

describe("collect", () => {
  it("rejects an empty data set", () => {
    expect(() => collect(new Subset(letters, []))).toThrow(ValueError);
    expect(() => collect(new Subset(letters, []))).toThrow(
      "collect: expected at least one sample, got an empty data set.",
    );
  });
});

it("tells every sample for which epoch it is read", () => {
  const told: Dataset<string> = { length: 3, get: (index, epoch) => `${index} ${epoch}` };
  const mapped = map(told, (sample, index, epoch) => `${sample} ${index} ${epoch}`);
  const loader = new DataLoader(new Subset(concat(mapped, told), [4, 2]), { batchSize: 2 });
  expect([...loader, ...loader]).toEqual([
    ["1 0", "2 0 2 0"],
    ["1 1", "2 1 2 1"],
  ]);
});

it("collates typed arrays as the tensors that they make", () => {
  const [x, y] = collate<[Float64Array, Int32Array]>([
    [Float64Array.of(1, 2), Int32Array.of(3)],
    [Float64Array.of(4, 5), Int32Array.of(6)],
  ]);
  expect([x.dtype, x.toArray(), y.dtype, y.toArray()]).toEqual(["float64", [[1, 2], [4, 5]], "int32", [[3], [6]]]); // prettier-ignore
  expect(() => collate([Float32Array.of(1), Float32Array.of(1, 2)])).toThrow("collate: expected samples of one shape");
});
