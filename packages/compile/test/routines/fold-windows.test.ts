import { type DType, Generator, ones, rand, randint, randn, type Tensor } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.ts";
import { expectSame } from "./same-as-reference.ts";

interface Windows {
  readonly axes: readonly number[];
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

const generator = new Generator(11);

function fold(shape: readonly number[], windows: Windows): (y: Tensor) => Tensor {
  return (y) => apply("foldWindows", [y], { ...windows, shape })[0];
}

function foldedShape(shape: readonly number[], { axes, size, stride, dilation }: Windows): number[] {
  const counts = [...shape];
  axes.forEach((axis, k) => {
    const span = (size[k]! - 1) * dilation[k]! + 1;
    counts[axis] = Math.floor((shape[axis]! - span) / stride[k]!) + 1;
  });
  return [...counts, ...size];
}

const cases: [shape: readonly number[], windows: Windows][] = [
  [[7], { axes: [0], size: [3], stride: [1], dilation: [1] }],
  [[7], { axes: [0], size: [3], stride: [2], dilation: [2] }],
  [[1], { axes: [0], size: [1], stride: [1], dilation: [1] }],
  [[2, 9], { axes: [1], size: [4], stride: [1], dilation: [1] }],
  [[9, 2], { axes: [0], size: [4], stride: [3], dilation: [1] }],
  [[9, 17], { axes: [0], size: [4], stride: [2], dilation: [1] }],
  [[2, 3, 12, 13], { axes: [2, 3], size: [5, 5], stride: [1, 1], dilation: [1, 1] }],
  [[2, 3, 12, 13], { axes: [2, 3], size: [8, 9], stride: [1, 1], dilation: [1, 1] }],
  [[2, 3, 12, 13], { axes: [2, 3], size: [2, 3], stride: [2, 3], dilation: [1, 1] }],
  [[2, 3, 12, 13], { axes: [2, 3], size: [3, 2], stride: [2, 1], dilation: [2, 3] }],
  [[2, 3, 12, 13], { axes: [2, 3], size: [1, 1], stride: [3, 2], dilation: [1, 1] }],
  [[2, 12, 13, 5], { axes: [1, 2], size: [3, 3], stride: [1, 2], dilation: [1, 1] }],
  [[3, 4, 6], { axes: [2, 1], size: [2, 3], stride: [1, 1], dilation: [1, 1] }],
  [[4, 5, 6], { axes: [0, 1, 2], size: [2, 3, 2], stride: [1, 1, 2], dilation: [1, 1, 1] }],
  [[0, 5], { axes: [1], size: [2], stride: [1], dilation: [1] }],
  [[2, 2, 8, 8], { axes: [2, 3], size: [2, 2], stride: [2, 2], dilation: [1, 1] }],
  [[2, 2, 8, 8], { axes: [2, 3], size: [2, 2], stride: [1, 1], dilation: [4, 4] }],
  [[41], { axes: [0], size: [17], stride: [1], dilation: [1] }],
  [[26, 27], { axes: [0, 1], size: [22, 23], stride: [1, 1], dilation: [1, 1] }],
  [[26, 27], { axes: [0, 1], size: [23, 23], stride: [1, 1], dilation: [1, 1] }],
];

/** What float32 sums of up to 512 terms lose where they cancel; longer ones are of float64. */
const lossOf = ({ size }: Windows, dtype: DType): number =>
  dtype === "float32" && size.reduce((terms, n) => terms * n, 1) <= 512 ? 1e-5 : 0;

describe("foldWindows", () => {
  it.each(cases)("of %j by %j", (shape, windows) => {
    const from = foldedShape(shape, windows);
    for (const dtype of ["float32", "float64", "int32"] as DType[]) {
      const y = dtype === "int32" ? randint(-9, 9, from, { generator }) : randn(from, { generator, dtype });
      const tolerance = dtype === "float32" ? 1.2e-7 : dtype === "float64" ? 1e-11 : 0;
      const absolute = lossOf(windows, dtype);
      expectSame(fold(shape, windows) as never, [y], { tolerance, absolute });
      // The same elements in other orders.
      const order = from.map((_, axis) => from.length - 1 - axis);
      const turned = y.permute(order);
      expectSame(((x: Tensor) => fold(shape, windows)(x.permute(order))) as never, [turned], { tolerance, absolute });
      expectSame(((x: Tensor) => fold(shape, windows)(x.flip([0, from.length - 1]))) as never, [y], {
        tolerance,
        absolute,
      });
      const rank = from.length;
      const middle = Array.from({ length: rank }, (_, axis) => (axis + shape.length) % rank);
      const back = middle.map((_, axis) => middle.indexOf(axis));
      expectSame(((x: Tensor) => fold(shape, windows)(x.permute(back))) as never, [y.permute(middle)], {
        tolerance,
        absolute,
      });
    }
  });

  it.each(cases)("of %j by %j where all elements of a window are equal", (shape, windows) => {
    const from = foldedShape(shape, windows);
    const counts = from.slice(0, shape.length);
    const once = [...counts, ...windows.size.map(() => 1)];
    for (const dtype of ["float32", "float64", "int32"] as DType[]) {
      const drawn = dtype === "int32" ? randint(1, 9, once, { generator }) : rand(once, { generator, dtype });
      const tolerance = dtype === "float32" ? 1e-6 : dtype === "float64" ? 1e-11 : 0;
      const repeated = (y: Tensor): Tensor => y.broadcastTo(from).mul(3).add(y.broadcastTo(from));
      expectSame((y) => fold(shape, windows)(repeated(y)), [drawn], { tolerance });
      // Equal along one axis of the windows only, or along none.
      const line = randn([windows.size.at(-1)!], { generator })
        .abs()
        .to(dtype);
      expectSame((y) => fold(shape, windows)(repeated(y).mul(line)), [drawn], { tolerance });
      const last = windows.size.map((n, k) => (k === windows.size.length - 1 ? n : 1));
      const lines = randint(1, 9, [...counts, ...last], { generator }).to(dtype);
      expectSame((y) => fold(shape, windows)(repeated(y)), [lines], { tolerance });
    }
  });

  it("moves no repeated elements", () => {
    const windows = { axes: [1], size: [5], stride: [1], dilation: [1] };
    const folded = compile((y: Tensor) => fold([2, 12], windows)(y.mul(2).broadcastTo([2, 8, 5])));
    folded(ones([2, 8, 1]));
    expect(folded.plan?.schedule.map(({ kind }) => kind)).toEqual(["loop", "pad", "loop"]);
  });
});
