import { grad } from "@tapegrad/autograd";
import { type Shape, type Tensor, tensor } from "@tapegrad/tensor";
import { sizeOf } from "@tapegrad/tensor/internal";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { functional as f } from "../../src/index.ts";

/** What `make-fixtures.py` writes: values, and gradients of their product with a wave of step 2.1. */
const fixtures = JSON.parse(readFileSync(new URL("pytorch.json", import.meta.url), "utf8")) as Readonly<
  Record<string, { readonly values: readonly number[]; readonly gradients: readonly (readonly number[])[] }>
>;

const wave = (shape: Shape, step: number): Tensor =>
  tensor(
    Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * step + 0.5) * 1.7),
    { shape, dtype: "float64" },
  );

const x = wave([3, 4], 1.3);
const triplet = [x, wave([3, 4], 0.7), wave([3, 4], 2.9)];
const classes = tensor([2, 0, 3], { dtype: "int32" });
const sides = tensor([[1, -1, 1, -1], [-1, -1, 1, 1], [1, 1, 1, -1]], { dtype: "float64" }); // prettier-ignore
const weight = tensor([0.5, 1.5, 0, 2], { dtype: "float64" });
const listed = tensor([[3, 0, -1, 1], [1, 1, 0, -1], [-1, 0, 1, 2]], { dtype: "int32" }); // prettier-ignore
const bits = sides.add(1).div(2);
const none = { reduction: "none" } as const;
const distanceFunction = (a: Tensor, b: Tensor): Tensor => f.cosineSimilarity(a, b).neg().add(1);

type Call = (...inputs: [Tensor, Tensor, Tensor]) => Tensor;
const rows: Readonly<Record<string, readonly [call: Call, inputs: readonly Tensor[]]>> = {
  multiMargin: [(a) => f.multiMarginLoss(a, classes, none), [x]],
  multiMarginOptions: [(a) => f.multiMarginLoss(a, classes, { p: 2, margin: 0.7, weight, ...none }), [x]],
  multiMarginMean: [(a) => f.multiMarginLoss(a, classes, { weight }), [x]],
  softMargin: [(a) => f.softMarginLoss(a, sides, none), [x]],
  multilabelMargin: [(a) => f.multilabelMarginLoss(a, listed, none), [x]],
  multilabelSoftMargin: [(a) => f.multilabelSoftMarginLoss(a, bits, { weight, ...none }), [x]],
  triplet: [(a, p, n) => f.tripletMarginLoss(a, p, n, none), triplet],
  tripletOptions: [(a, p, n) => f.tripletMarginLoss(a, p, n, { margin: 2.5, p: 3, eps: 1e-3, swap: true, ...none }), triplet],
  tripletDistance: [(a, p, n) => f.tripletMarginWithDistanceLoss(a, p, n, { distanceFunction, margin: 0.8, swap: true, ...none }), triplet],
  smoothed: [(a) => f.binaryCrossEntropyWithLogits(a, bits, { labelSmoothing: 0.1, ...none }), [x]],
  hardShrink: [(a) => f.hardShrink(a, { lambda: 0.8 }), [x]],
  softShrink: [(a) => f.softShrink(a, { lambda: 0.8 }), [x]],
  tanhShrink: [f.tanhShrink, [x]],
  rrelu: [(a) => f.rrelu(a), [x]],
}; // prettier-ignore

const close = (got: Tensor, want: readonly number[]): void => {
  expect(got.size).toBe(want.length);
  got.data.forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThan(1e-12));
};

describe("PyTorch 1.13", () => {
  it.each(Object.entries(rows))("%s has its values and gradients", (name, [call, inputs]) => {
    const leaves = inputs.map((t) => t.detach().requiresGrad_());
    const y = call(...(leaves as [Tensor, Tensor, Tensor]));
    const { values, gradients } = fixtures[name]!;
    close(y, values);
    grad(y.mul(wave(y.shape, 2.1)).sum(), leaves).forEach((g, i) => close(g, gradients[i]!));
  });

  it("is compared in every row", () => {
    expect(Object.keys(rows)).toEqual(Object.keys(fixtures));
  });
});
