import { cat, type DType, Generator, randint, randn, type Tensor } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { describe, it } from "vitest";
import { expectSame } from "./same-as-reference.ts";

const generator = new Generator(5);
const dtypes: DType[] = ["float32", "float64", "int32", "bool"];

function make(shape: readonly number[], dtype: DType = "float32"): Tensor {
  if (dtype === "int32") return randint(-9, 9, shape, { generator });
  if (dtype === "bool") return randint(0, 2, shape, { generator }).to("bool");
  return randn(shape, { generator, dtype });
}

interface Padding {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly interior: readonly number[];
  readonly value: number;
}

describe("pad", () => {
  const cases: [shape: readonly number[], padding: Padding][] = [
    [[5], { low: [1], high: [2], interior: [0], value: 0 }],
    [[5], { low: [0], high: [0], interior: [3], value: 2 }],
    [[3, 4], { low: [0, 1], high: [2, 0], interior: [1, 2], value: 0 }],
    [[3, 4], { low: [1, 0], high: [0, 0], interior: [0, 0], value: 1 }],
    [[2, 3, 9, 8], { low: [0, 0, 2, 2], high: [0, 0, 2, 1], interior: [0, 0, 0, 0], value: 0 }],
    [[2, 3, 9, 8], { low: [0, 0, 2, 2], high: [0, 0, 2, 1], interior: [0, 0, 1, 1], value: -3 }],
    [[1, 1, 1], { low: [0, 1, 0], high: [0, 0, 1], interior: [4, 4, 4], value: 7 }],
    [[0, 3], { low: [1, 1], high: [1, 0], interior: [0, 0], value: 4 }],
    [[2, 700], { low: [0, 3], high: [0, 3], interior: [0, 0], value: 0 }],
    [[], { low: [], high: [], interior: [], value: 4 }],
  ];
  it.each(cases)("%j by %j", (shape, padding) => {
    for (const dtype of dtypes) {
      const value = dtype === "bool" ? 1 : padding.value;
      expectSame((x) => apply("pad", [x as Tensor], { ...padding, value })[0], [make(shape, dtype)]);
    }
  });

  it("reads views", () => {
    const padding = { low: [0, 1], high: [0, 2], interior: [0, 1], value: 0.5 };
    expectSame((x) => apply("pad", [(x as Tensor).transpose()], padding)[0], [make([6, 5])]);
    expectSame((x) => apply("pad", [(x as Tensor).flip([0, 1])], padding)[0], [make([6, 5])]);
    expectSame((x) => apply("pad", [(x as Tensor).slice([1, 6, 2], [2, 5])], padding)[0], [make([6, 5])]);
    expectSame((x) => apply("pad", [(x as Tensor).broadcastTo([4, 5])], padding)[0], [make([5])]);
  });
});

describe("concat", () => {
  it.each(dtypes)("joins %s along every axis", (dtype) => {
    for (const axis of [0, 1, 2]) {
      const shapes = [1, 3, 0, 2, 7].map((n) => [2, 3, 5].map((extent, a) => (a === axis ? n : extent)));
      expectSame(
        (...parts) => cat(parts, axis),
        shapes.map((shape) => make(shape, dtype)),
      );
    }
  });

  it("reads views", () => {
    const [x, y] = [make([4, 6]), make([4, 1])];
    expectSame((a, b) => cat([(a as Tensor).flip(1), (b as Tensor).broadcastTo([4, 3])], 1), [x, y]);
    expectSame((a, b) => cat([(a as Tensor).flip(0), (b as Tensor).broadcastTo([4, 6])], 0), [x, y]);
    expectSame((a) => cat([(a as Tensor).transpose(), (a as Tensor).transpose().flip(1)], 1), [x]);
    expectSame((a) => cat([(a as Tensor).slice([0, 4, 2]), (a as Tensor).slice([1, 4, 2])], 0), [x]);
  });

  it("joins long rows", () => {
    expectSame((a, b) => cat([a as Tensor, b as Tensor], 1), [make([3, 700]), make([3, 33])]);
    expectSame((a, b) => cat([a as Tensor, b as Tensor], 1), [make([300, 70]), make([300, 134])]);
  });
});
