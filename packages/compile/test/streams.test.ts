import "@tapegrad/autograd";
import { functional } from "@tapegrad/nn";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { wasmExecutableOf } from "./wasm-executable-of.ts";

type Run = (x: Tensor, cotangent: Tensor, weight: Tensor, bias: Tensor) => Tensor[];

/** Output and all gradients of a norm over all axes but 1. */
const norm: Run = (x, cotangent, weight, bias) => {
  const leaves = [x, weight, bias].map((t) => t.detach().requiresGrad_());
  const [input, gain, shift] = leaves as [Tensor, Tensor, Tensor];
  const y = functional.batchNorm(input, { weight: gain, bias: shift, eps: 1e-5 });
  y.backward(cotangent);
  return [y, ...leaves.map(({ grad }) => grad!)];
};

/** Other reductions of columns than sums, over values of a whole pass before. */
const extremes: Run = (x, cotangent, weight, bias) => {
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const ends = { axis: axes, keepDims: true };
  const shape = x.shape.map((_, axis) => (axis === 1 ? -1 : 1));
  const scaled = x.sub(x.min(ends)).div(x.max(ends).sub(x.min(ends)));
  const y = scaled.mul(weight.reshape(shape)).add(bias.reshape(shape)).mul(cotangent);
  return [y, y.mean(ends), y.square().max(ends)];
};

const shapes: readonly (readonly number[])[] = [
  [70, 1027], // columns that are no whole lanes, rows that are no whole turns
  [18, 4096], // several blocks of columns
  [512, 256],
  [37, 5, 500], // lines that are no whole lanes
  [20, 70, 7, 9],
  [3, 30_000], // too few rows
];

describe.each([
  ["norms", norm, 1e-5],
  ["extremes", extremes, 1e-6],
] as const)("streamed columns: %s", (_, run, tolerance) => {
  it.each(shapes.map((shape) => [shape] as const))("of %j", (shape) => {
    const generator = new Generator(shape.length);
    const channels = shape[1]!;
    const inputs = [randn(shape, { generator }).mul(3).add(1000), randn(shape, { generator })] as const;
    const parameters = [randn([channels], { generator }), randn([channels], { generator })] as const;
    const want = run(...inputs, ...parameters).map((t) => t.detach());
    const compiled = compile(run as (...all: Tensor[]) => Tensor[], { threads: 1 });
    const got = compiled(...inputs, ...parameters);
    want.forEach((expected, i) => {
      const scale = expected.abs().max().item();
      expect(got[i]!.sub(expected).abs().max().item() / scale).toBeLessThan(tolerance);
    });
    const streamed = wasmExecutableOf(compiled)!.memory.kernels.some(
      (kernel) => kernel.kind === "loop" && kernel.pattern.plan.stream !== undefined,
    );
    expect(streamed).toBe(shape[0]! >= 16);
    for (const options of [{ threads: 2 }, { threads: 3 }, { threads: 1, deterministic: true }]) {
      const other = compile(run as (...all: Tensor[]) => Tensor[], options)(...inputs, ...parameters);
      // Bits are those of any number of threads; without multiply-add they are others.
      if (!("deterministic" in options)) other.forEach((t, i) => expect(t.data).toEqual(got[i]!.data));
      else {
        want.forEach((expected, i) => {
          const scale = expected.abs().max().item();
          expect(other[i]!.sub(expected).abs().max().item() / scale).toBeLessThan(tolerance);
        });
      }
    }
  });
});
