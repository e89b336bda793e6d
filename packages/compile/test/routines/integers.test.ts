import { type DType, Generator, randint, randn, tensor, type Tensor } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { describe, it } from "vitest";
import { expectSame } from "./same-as-reference.ts";

const generator = new Generator(9);
const shapes = [[1], [7], [3, 5], [2, 3, 9], [4, 1, 6], [2, 8, 3, 5], [0, 3], [3, 0]];

function make(shape: readonly number[], dtype: DType): Tensor {
  if (dtype === "int32") return randint(-3, 3, shape, { generator });
  if (dtype === "bool") return randint(0, 2, shape, { generator }).to("bool");
  return randn(shape, { generator, dtype }).mul(3).round();
}

describe("lines", () => {
  it.each(shapes)("of %j", (...shape) => {
    for (let axis = 0; axis < shape.length; axis++) {
      for (const dtype of ["float32", "float64", "int32", "bool"] as DType[]) {
        const x = make(shape, dtype);
        if (dtype !== "bool") {
          const y = dtype === "int32" ? x : randn(shape, { generator, dtype });
          for (const reverse of [false, true])
            expectSame((a) => apply("cumsum", [a as Tensor], { axis, reverse })[0], [y]);
        }
        if (shape[axis] === 0) continue;
        expectSame((a) => (a as Tensor).argmax({ axis }), [x]);
        expectSame((a) => (a as Tensor).argmin({ axis }), [x]);
      }
    }
  });

  it("finds NaN first, and the first among equals", () => {
    for (const dtype of ["float32", "float64"] as DType[]) {
      const rows = [
        [0, -0, 0, -0, 1, 1],
        [1, Number.NaN, 5, Number.NaN, 7, 0],
        [Number.NaN, 3, Infinity, 1, 2, 3],
        [-Infinity, -Infinity, Number.NaN, 4, 4, 4],
        [-0, 0, -0, 0, 0, 0],
      ];
      const x = tensor(rows, { dtype });
      for (const axis of [0, 1]) {
        expectSame((a) => (a as Tensor).argmax({ axis }), [x]);
        expectSame((a) => (a as Tensor).argmin({ axis }), [x]);
        expectSame((a) => (a as Tensor).transpose().argmin({ axis }), [x]);
      }
    }
  });
});

describe("reductions of integers", () => {
  it.each(shapes)("of %j", (...shape) => {
    const every = Array.from({ length: 1 << shape.length }, (_, bits) =>
      shape.flatMap((_n, a) => (bits & (1 << a) ? [a] : [])),
    );
    for (const axes of every) {
      for (const dtype of ["int32", "bool"] as DType[]) {
        const x = make(shape, dtype);
        for (const name of ["sum", "prod", "max", "min"] as const) {
          const isEmpty = shape.some((extent, axis) => extent === 0 && axes.includes(axis));
          const isTotal = name === "sum" || name === "prod";
          if (isTotal ? dtype === "bool" : isEmpty) continue;
          expectSame((a) => apply(name, [a as Tensor], { axes })[0], [x]);
        }
      }
      if (shape.includes(0)) expectSame((a) => apply("sum", [a as Tensor], { axes })[0], [make(shape, "float32")]);
    }
  });
});

describe("products of int32 matrices", () => {
  const cases: [a: number[], b: number[]][] = [
    [
      [2, 3],
      [3, 4],
    ],
    [
      [1, 1],
      [1, 1],
    ],
    [
      [5, 7],
      [7, 9],
    ],
    [
      [2, 5, 7],
      [7, 9],
    ],
    [
      [5, 7],
      [3, 7, 2],
    ],
    [
      [4, 1, 3, 2],
      [1, 5, 2, 6],
    ],
    [
      [2, 0],
      [0, 3],
    ],
  ];
  it.each(cases)("%j by %j", (left, right) => {
    const [a, b] = [make(left, "int32"), make(right, "int32")];
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const x = transposeA ? a.transpose(-1, -2) : a;
        const y = transposeB ? b.transpose(-1, -2) : b;
        expectSame((p, q) => apply("matmul", [p as Tensor, q as Tensor], { transposeA, transposeB })[0], [x, y]);
      }
    }
    const stack = (x: Tensor): Tensor => x.reshape([1, ...x.shape]).broadcastTo([3, ...x.shape]);
    expectSame((p, q) => stack((p as Tensor).matmul(q as Tensor)).sum({ axis: 0 }), [a.to("float32"), b.to("float32")]);
    const floats = [a.to("float32"), b.to("float32")];
    expectSame((p, q) => (p as Tensor).matmul(q as Tensor), floats);
  });
});
