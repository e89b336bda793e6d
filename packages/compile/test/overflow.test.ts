import { grad } from "@tapegrad/autograd";
import { functional } from "@tapegrad/nn";
import { type DType, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

/** Functions whose intermediate values overflow or vanish while their results do not: values and slopes by closed forms. */
type Row = readonly [
  name: string,
  dtype: DType,
  f: (x: Tensor) => Tensor,
  at: number[],
  values: number[],
  slopes: number[],
];

const { cosineEmbeddingLoss, normalize, weightNorm } = functional;
const row = (x: Tensor): Tensor => x.unsqueeze(0);

const rows: readonly Row[] = [
  ["norm", "float32", (x) => x.norm(), [3e20, 4e20], [5e20], [0.6, 0.8]],
  ["norm of small ones", "float32", (x) => x.norm(), [3e-30, -4e-30], [5e-30], [0.6, -0.8]],
  ["norm of 0", "float32", (x) => x.norm(), [0, 0], [0], [0, 0]],
  ["norm", "float64", (x) => x.norm(), [3e200, 4e200], [5e200], [0.6, 0.8]],
  ["norm of small ones", "float64", (x) => x.norm(), [3e-200, -4e-200], [5e-200], [0.6, -0.8]],
  ["norm of 0", "float64", (x) => x.norm(), [0, 0], [0], [0, 0]],
  ["3-norm", "float32", (x) => x.norm({ p: 3 }), [1e20, 1e20], [2 ** (1 / 3) * 1e20], [2 ** (-2 / 3), 2 ** (-2 / 3)]],
  ["20-norm", "float32", (x) => x.norm({ p: 20 }), [1e30, 1e30], [2 ** (1 / 20) * 1e30], [2 ** (-19 / 20), 2 ** (-19 / 20)]],
  ["3-norm", "float64", (x) => x.norm({ p: 3 }), [1e150, 1e150], [2 ** (1 / 3) * 1e150], [2 ** (-2 / 3), 2 ** (-2 / 3)]],
  ["infinite norm", "float32", (x) => x.norm(), [Infinity, 1], [Infinity], [NaN, 0]],
  ["mean", "float32", (x) => x.mean(), [3e38, 3e38], [3e38], [0.5, 0.5]],
  ["std", "float32", (x) => x.std({ correction: 0 }), [1e30, 3e30], [1e30], [-0.5, 0.5]],
  ["std", "float64", (x) => x.std({ correction: 0 }), [1e200, 3e200], [1e200], [-0.5, 0.5]],
  ["variance", "float32", (x) => x.variance({ correction: 0 }), [1e18, 3e18], [1e36], [-1e18, 1e18]],
  ["normalize", "float32", (x) => normalize(row(x)), [3e20, 4e20], [0.6, 0.8], [(1 - 0.6 * 1.4) / 5e20, (1 - 0.8 * 1.4) / 5e20]],
  ["weightNorm", "float32", (x) => weightNorm(row(x), tensor([[10]])), [3e20, 4e20], [6, 8], [(10 - 6 * 1.4) / 5e20, (10 - 8 * 1.4) / 5e20]],
  ["cosineEmbeddingLoss", "float32", (x) => cosineEmbeddingLoss(x, tensor([1e25, 0]), tensor(1)), [3e25, 4e25], [0.4], [-0.64 / 5e25, 0.48 / 5e25]],
  ["cosh", "float32", (x) => x.cosh(), [89, -89.25, 0], [2.24480640958717e38, 2.88238848545348e38, 1], [2.24480640958717e38, -2.88238848545348e38, 0]],
  ["sinh", "float32", (x) => x.sinh(), [89, -89.25, 0, 1e-20], [2.24480640958717e38, -2.88238848545348e38, 0, 1e-20], [2.24480640958717e38, 2.88238848545348e38, 1, 1]],
  ["cosh", "float64", (x) => x.cosh(), [710, 711], [1.1169973830808557e308, Infinity], [1.1169973830808557e308, Infinity]],
]; // prettier-ignore

describe.each([
  ["eager", (f: (x: Tensor) => Tensor[]): typeof f => f],
  ["compiled", (f: (x: Tensor) => Tensor[]): typeof f => compile(f)],
] as const)("results that are not extreme of what is on the way, %s", (_mode, wrap) => {
  it.each(rows)("%s, %s", (_name, dtype, f, at, values, slopes) => {
    const run = wrap((x) => {
      const y = f(x);
      return [y, ...grad(y.sum(), [x])];
    });
    const [y, dx] = run(tensor(at, { dtype, requiresGrad: true })) as [Tensor, Tensor];
    expect(y.dtype).toBe(dtype);
    const tolerance = dtype === "float32" ? 2e-6 : 1e-13;
    const check = (got: Tensor, want: number[], tolerance: number): void => {
      expect(got.size).toBe(want.length);
      want.forEach((value, i) => {
        const close =
          Object.is(got.data[i]! + 0, value + 0) || Math.abs(got.data[i]! - value) <= tolerance * Math.abs(value);
        if (!close) expect.fail(`expected ${want.join()}, got ${[...got.data].join()}`);
      });
    };
    check(y, values, tolerance);
    check(dx, slopes, 20 * tolerance);
  });
});
