import { gradcheck } from "@tapegrad/autograd";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functional, LocalResponseNorm } from "../../src/index.ts";
import { numbers, relativeError } from "./norm-cases.ts";

const { localResponseNorm } = functional;

const cases = [
  { shape: [2, 5, 4], size: 2, options: {} },
  { shape: [2, 5, 4], size: 3, options: { alpha: 0.5, beta: 0.75, k: 1 } },
  { shape: [1, 4, 2, 3], size: 4, options: { alpha: 0.8, beta: 0.9, k: 1.5 } },
  { shape: [1, 3, 2, 1, 2], size: 9, options: { alpha: 2, beta: 0.6 } },
  { shape: [2, 3, 1], size: 1, options: { alpha: 0.3, k: 2 } },
];

/** The definition in loops. */
function naive(x: Tensor, size: number, { alpha = 1e-4, beta = 0.75, k = 1 }): number[] {
  const channels = x.shape[1] ?? 0;
  const inner = x.shape.slice(2).reduce((product, extent) => product * extent, 1);
  return numbers(x).map((value, i) => {
    const channel = Math.floor(i / inner) % channels;
    let sum = 0;
    for (let d = -Math.floor(size / 2); d <= Math.floor((size - 1) / 2); d++) {
      if (channel + d >= 0 && channel + d < channels) sum += (x.data[i + d * inner] ?? NaN) ** 2;
    }
    return value / (k + (alpha / size) * sum) ** beta;
  });
}

describe("localResponseNorm", () => {
  it.each(cases)("of shape $shape over $size channels", ({ shape, size, options }) => {
    const x = randn(shape, { dtype: "float64", generator: new Generator(111) });
    const y = localResponseNorm(x, size, options);
    expect(y.shape).toEqual(shape);
    expect(relativeError(y.data, naive(x, size, options))).toBeLessThan(1e-14);
    expect(gradcheck((at) => localResponseNorm(at, size, options), [x], { order: 2 }).passed).toBe(true);
  });

  it.each([1e-20, 1, 1e4])("keeps float32 at scale %d", (scale) => {
    const x = randn([2, 6, 5], { generator: new Generator(112) }).mul(scale);
    const y = new LocalResponseNorm(3, { alpha: 0.5 }).forward(x);
    expect(y.dtype).toBe("float32");
    expect(relativeError(y.data, naive(x, 3, { alpha: 0.5 }))).toBeLessThan(1e-6);
  });
});
