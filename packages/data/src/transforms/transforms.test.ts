import { randn, Generator, ShapeError, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compose } from "./compose.ts";
import { minMax } from "./min-max.ts";
import { normalize } from "./normalize.ts";
import { oneHot } from "./one-hot.ts";
import { zScore } from "./z-score.ts";

const train = tensor([
  [1, 5, -2],
  [3, 5, 0],
  [5, 5, 8],
]);
const test = tensor([[3, 9, 4]]);

describe("zScore", () => {
  const fitted = zScore().fit(train);

  it("learns from the training part only", () => {
    expect(fitted.mean.toArray()).toEqual([3, 5, 2]);
    expect(fitted.mean.dtype).toBe("float64");
    expect(fitted.std.data[0]).toBeCloseTo(Math.sqrt(8 / 3), 12);
    expect(fitted.std.data[1]).toBe(0);
    expect(fitted.apply(test).data[2]).toBeCloseTo(2 / Math.sqrt(56 / 3), 6);
  });

  it("gives mean 0 and deviation 1 over the training part", () => {
    const y = fitted.apply(train);
    expect(y.dtype).toBe("float32");
    for (const column of [0, 2]) {
      const values = [0, 1, 2].map((row) => y.data[row * 3 + column]!);
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
      expect(values.reduce((sum, value) => sum + value * value, 0) / 3).toBeCloseTo(1, 6);
    }
  });

  it("makes constant columns 0, and gives the constant back", () => {
    expect([0, 3, 6].map((at) => fitted.apply(train).data[at + 1])).toEqual([0, 0, 0]);
    expect(fitted.apply(test).data[1]).toBe(0);
    expect(fitted.inverse(fitted.apply(test)).data[1]).toBe(5);
    // 0.1 is not exact in binary: the sum of ten of them divided by ten is not 0.1.
    const tenths = zScore().fit(tensor(new Float64Array(10).fill(0.1), { shape: [10, 1] }));
    expect([tenths.mean.item(), tenths.std.item()]).toEqual([0.1, 0]);
    // Nor is it beside a column that varies.
    const beside = zScore().fit(tensor(Float64Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 0.1 : i)), { shape: [10, 2] })); // prettier-ignore
    expect([beside.mean.data[0], beside.std.data[0]]).toEqual([0.1, 0]);
  });

  it("can be undone", () => {
    fitted.inverse(fitted.apply(train)).data.forEach((value, at) => expect(value).toBeCloseTo(train.data[at]!, 5));
  });

  it("stays exact under a large offset", () => {
    const noise = randn([500, 2], { generator: new Generator(1) }).to("float64");
    const plain = zScore().fit(noise).apply(noise);
    const shifted = zScore().fit(noise.add(1e6)).apply(noise.add(1e6));
    plain.data.forEach((value, at) => expect(shifted.data[at]).toBeCloseTo(value, 7));
    expect(shifted.dtype).toBe("float64");
  });

  it("can share its statistics between columns", () => {
    const shared = zScore({ perColumn: false }).fit(
      tensor([
        [0, 2],
        [4, 6],
      ]),
    );
    expect(shared.mean.shape).toEqual([]);
    expect(shared.mean.item()).toBe(3);
    expect(shared.apply(tensor([3])).item()).toBe(0);
  });

  it("takes samples of any rank and dtype", () => {
    const images = zScore().fit(tensor([[[1, 2]], [[3, 2]]], { dtype: "int32" }));
    expect(images.mean.shape).toEqual([1, 2]);
    expect(images.apply(tensor([[[3, 2]]], { dtype: "int32" })).toArray()).toEqual([[[1, 0]]]);
  });
});

describe("minMax", () => {
  it("fills the interval with the training part", () => {
    const fitted = minMax().fit(train);
    expect(fitted.min.toArray()).toEqual([1, 5, -2]);
    expect(fitted.max.toArray()).toEqual([5, 5, 8]);
    const scaled = fitted.apply(train).data;
    [0, 0, 0, 0.5, 0, 0.2, 1, 0, 1].forEach((value, at) => expect(scaled[at]).toBeCloseTo(value, 6));
    expect(fitted.inverse(fitted.apply(test)).data[1]).toBe(5);
  });

  it("takes another interval", () => {
    const fitted = minMax({ range: [-1, 1], perColumn: false }).fit(train);
    expect([fitted.apply(tensor([-2])).item(), fitted.apply(tensor([8])).item()]).toEqual([-1, 1]);
    expect(fitted.inverse(tensor([0])).item()).toBe(3);
  });
});

describe("normalize", () => {
  it("works per channel and can be undone", () => {
    const images = tensor([1, 2, 3, 4, 5, 6, 7, 8], { shape: [1, 2, 2, 2] });
    const scaler = normalize({ mean: [1, 5], std: [1, 2] });
    expect([...scaler.apply(images).data]).toEqual([0, 1, 2, 3, 0, 0.5, 1, 1.5]);
    expect([...scaler.inverse(scaler.apply(images)).data]).toEqual([...images.data]);
  });
});

describe("oneHot", () => {
  it("encodes classes and finds them again", () => {
    const labels = tensor([2, 0, 1, 2], { dtype: "int32" });
    const rows = oneHot(3).apply(labels);
    expect(rows.toArray()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect([...oneHot(3).inverse(rows).data]).toEqual([2, 0, 1, 2]);
  });
});

describe("compose", () => {
  it("applies in order and undoes in reverse", () => {
    const both = compose(normalize({ mean: 1, std: 2 }), normalize({ mean: 10, std: 1 }));
    expect(both.apply(tensor([5])).item()).toBe(-8);
    expect(both.inverse(tensor([-8])).item()).toBe(5);
  });

  it("fits each part on what those before it make of the samples", () => {
    const fitted = compose(normalize({ mean: 0, std: 0.5 }), zScore()).fit(tensor([[1], [3]]));
    expect(fitted.apply(tensor([[1], [3], [5]])).toArray()).toEqual([[-1], [1], [3]]);
    expect(fitted.inverse(tensor([[3]])).item()).toBe(5);
  });
});

describe("transforms", () => {
  const empty = tensor([], { shape: [0, 3] });
  const poisoned = tensor([
    [1, 2],
    [3, Number.NaN],
  ]);
  it.each<[() => unknown, new (message: string) => Error, string]>([
    [() => zScore().fit(empty), ValueError, "zScore.fit: expected at least one training value, got an empty tensor."],
    [() => minMax().fit(empty), ValueError, "minMax.fit: expected at least one training value, got an empty tensor."],
    [() => zScore().fit(poisoned), ValueError, "zScore.fit: expected finite training values, got NaN at flat index 3."],
    [() => zScore().fit(tensor(1)), ShapeError, "zScore.fit: expected samples of shape [N, ...], got a scalar."],
    [
      () => zScore().fit(train).apply(poisoned),
      ShapeError,
      "zScore.apply: expected samples of shape [N, 3] as fitted, got shape [2, 2].",
    ],
    [
      () =>
        minMax()
          .fit(train)
          .inverse(tensor([1, 2, 3])),
      ShapeError,
      "minMax.inverse: expected samples of shape [N, 3] as fitted, got shape [3].",
    ],
    [
      () =>
        zScore()
          .fit(tensor([[1], [2]]))
          .apply(train),
      ShapeError,
      "zScore.apply: expected samples of shape [N, 1] as fitted, got shape [3, 3].",
    ],
    [
      () =>
        zScore()
          .fit(tensor([[1], [2]]))
          .inverse(tensor([1, 2])),
      ShapeError,
      "zScore.inverse: expected samples of shape [N, 1] as fitted, got shape [2].",
    ],
    [
      () =>
        minMax()
          .fit(tensor([1, 2]))
          .apply(train),
      ShapeError,
      "minMax.apply: expected samples of shape [N] as fitted, got shape [3, 3].",
    ],
    [
      () =>
        minMax()
          .fit(tensor([1, 2]))
          .apply(tensor(1)),
      ShapeError,
      "minMax.apply: expected samples of shape [N] as fitted, got shape [].",
    ],
    [
      () => normalize({ mean: [0], std: [1] }).apply(train),
      ShapeError,
      "normalize.apply: expected axis 1 of size 1, got shape [3, 3].",
    ],
    [
      () => normalize({ mean: [0], std: [1] }).inverse(tensor([1, 2])),
      ShapeError,
      "normalize.inverse: expected axis 1 of size 1, got shape [2].",
    ],
    [() => oneHot(2).inverse(train), ShapeError, "oneHot.inverse: expected rows of 2, got shape [3, 3]."],
    [() => zScore({ axis: 0 } as object), ValueError, 'zScore: expected options perColumn, got "axis".'],
    [() => minMax({ range: [1, 1] }), ValueError, "minMax: expected range [low, high] with low < high, got [1, 1]."],
    [() => normalize({ mean: 0, std: 0 }), ValueError, "normalize: expected std > 0, or a list of such values, got 0."],
    [
      () => normalize({ mean: [0, 1], std: 1 }),
      ValueError,
      "normalize: expected as many means as deviations, got 2 and 1.",
    ],
    [
      () => normalize({ mean: Number.NaN, std: 1 }),
      ValueError,
      "normalize: expected mean to be a finite number, or a list of such values, got NaN.",
    ],
    [
      () => normalize({ mean: [0, 1], std: [1, 1] }).apply(train),
      ShapeError,
      "normalize.apply: expected axis 1 of size 2, got shape [3, 3].",
    ],
    [() => oneHot(0), ValueError, "oneHot: expected classes to be a whole number ≥ 1, got 0."],
    [() => compose(), ValueError, "compose: expected at least one transform, got none."],
  ])("reject what does not fit (%#)", (call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
