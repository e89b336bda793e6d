import { type DType, Generator, randint, randn, tensor, type Tensor } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.ts";

/** Windows as the gradient of a convolution has them: the elements of a kernel, then its positions. */
interface Kernel {
  readonly size: readonly [number, number];
  readonly positions: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly dilation?: readonly [number, number];
}

const generator = new Generator(5);

function windowsOf({ size, positions, stride = [1, 1], dilation = [1, 1] }: Kernel) {
  const extents = size.map((n, k) => (positions[k]! - 1) * stride[k]! + (n - 1) * dilation[k]! + 1);
  return { extents, windows: { axes: [1, 2], size: positions, stride: dilation, dilation: stride } };
}

/** What becomes of an element: the sum over rows of the kernel, for each of its columns, then the sum of those. */
function folded(kernel: Kernel, planes: number, y: Tensor, isWide: boolean): number[] {
  const { size, positions, stride = [1, 1], dilation = [1, 1] } = kernel;
  const { extents } = windowsOf(kernel);
  const round = y.dtype === "int32" ? (x: number) => x | 0 : y.dtype === "float64" || isWide ? Number : Math.fround;
  const position = (k: number, at: number, tap: number): number => (at - tap * dilation[k]!) / stride[k]!;
  const isInside = (k: number, p: number): boolean => Number.isInteger(p) && p >= 0 && p < positions[k]!;
  const out: number[] = [];
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < extents[0]!; row++) {
      for (let column = 0; column < extents[1]!; column++) {
        let total = 0;
        for (let kx = 0; kx < size[1]; kx++) {
          const px = position(1, column, kx);
          if (!isInside(1, px)) continue;
          let line = 0;
          for (let ky = 0; ky < size[0]; ky++) {
            const py = position(0, row, ky);
            if (!isInside(0, py)) continue;
            const at = (((plane * size[0] + ky) * size[1] + kx) * positions[0] + py) * positions[1] + px;
            line = round(line + y.data[at]!);
          }
          total = round(total + line);
        }
        out.push(y.dtype === "float32" ? Math.fround(total) : total);
      }
    }
  }
  return out;
}

const kernels: Kernel[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16].map((n): Kernel => ({ size: [3, 3], positions: [4, n] })),
  ...[4, 8, 10, 12, 17, 26, 32, 47, 62].map((n): Kernel => ({ size: [5, 5], positions: [6, n] })),
  ...[1, 2, 7, 13, 15, 16, 17, 19].map((n): Kernel => ({ size: [2, n], positions: [5, 21] })),
  ...[5, 8, 9, 12, 31, 33, 40].map((n): Kernel => ({ size: [3, 3], positions: [n, n], stride: [2, 2] })),
  ...[4, 7, 12, 30].map((n): Kernel => ({ size: [5, 4], positions: [n, n], stride: [3, 3] })),
  ...[6, 20, 41].map((n): Kernel => ({ size: [3, 3], positions: [7, n], stride: [1, 5] })),
  ...[8, 20, 41].map((n): Kernel => ({ size: [3, 3], positions: [n, n], dilation: [2, 2] })),
  ...[8, 20, 41].map((n): Kernel => ({ size: [3, 4], positions: [n, n], dilation: [3, 2], stride: [2, 3] })),
  { size: [3, 3], positions: [5, 40], dilation: [2, 9], stride: [4, 1] },
  { size: [2, 9], positions: [2, 100], dilation: [1, 11] },
  { size: [2, 16], positions: [2, 300], dilation: [1, 33], stride: [1, 7] },
  { size: [4, 1], positions: [6, 30] },
  { size: [1, 4], positions: [1, 30] },
  { size: [1, 1], positions: [9, 31], stride: [2, 2] },
  { size: [2, 2], positions: [5, 9], stride: [3, 3] },
  { size: [3, 3], positions: [22, 23] },
  { size: [3, 3], positions: [23, 23] },
];

describe.each<DType>(["float32", "float64", "int32"])("rows of %s are folded line by line", (dtype) => {
  it.each(kernels)("%j", (kernel) => {
    const { extents, windows } = windowsOf(kernel);
    const planes = 3;
    const from = [planes, ...kernel.size, ...kernel.positions];
    const y = dtype === "int32" ? randint(-(2 ** 30), 2 ** 30, from, { generator }) : randn(from, { generator, dtype });
    const fold = (x: Tensor): Tensor => apply("foldWindows", [x], { ...windows, shape: [planes, ...extents] })[0];
    const isWide = kernel.positions[0] * kernel.positions[1] > 512;
    const got = compile(fold)(y);
    const want = folded(kernel, planes, y, isWide);
    // Where lines are short, or so many that their totals are in memory, the order is another.
    const isShort = kernel.positions[1] < Math.max(4, kernel.size[1]);
    if (!isShort && kernel.size[1] <= 16 && extents[1]! < 1000) expect([...got.data]).toEqual(want);
    else got.data.forEach((x, i) => expect(x).toBeCloseTo(want[i]!, 4));
  });
});

it("keeps NaN, infinities and the sign of zeros to the elements that they fall on", () => {
  const kernel: Kernel = { size: [3, 3], positions: [6, 9] };
  const { extents, windows } = windowsOf(kernel);
  for (const value of [NaN, Infinity, -Infinity, -0]) {
    const data = new Float32Array(3 * 3 * 6 * 9).fill(-0);
    const at = ((1 * 3 + 2) * 6 + 4) * 9 + 8;
    data[at] = value;
    const y = tensor(data, { shape: [1, 3, 3, 6, 9] });
    const got = compile((x: Tensor) => apply("foldWindows", [x], { ...windows, shape: [1, ...extents] })[0])(y);
    const hit = (4 + 1) * extents[1]! + 8 + 2;
    const want = Array.from(got.data, (_, i) => (i === hit ? value + 0 : 0));
    expect(got.data.every((x, i) => Object.is(x, want[i]))).toBe(true);
  }
});
