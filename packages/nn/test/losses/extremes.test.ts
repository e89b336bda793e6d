import { grad } from "@tapegrad/autograd";
import { rand, randn, tensor, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  cosineEmbeddingLoss,
  gaussianNllLoss,
  hingeEmbeddingLoss,
  huberLoss,
  klDivLoss,
  l1Loss,
  type LossFunction,
  marginRankingLoss,
  mseLoss,
  poissonNllLoss,
  smoothL1Loss,
} from "../../src/functional.ts";

const { log } = Math;
const double = (values: readonly number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });

/** Gradients by input and target of the sum of the losses. */
function gradients(f: LossFunction, x: readonly number[], t: readonly number[]): [number[], number[]] {
  const input = tensor(x, { dtype: "float64", requiresGrad: true });
  const target = tensor(t, { dtype: "float64", requiresGrad: true });
  const [a, b] = grad(f(input, target, { reduction: "sum" }), [input, target]) as [Tensor, Tensor];
  return [[...a.add(0).data], [...b.add(0).data]];
}

describe("kinks and extremes", () => {
  it.each<[string, LossFunction, number[], number[]]>([
    ["l1Loss", l1Loss, [0, -0, 1e-300, Infinity, -1e300], [0, 0, 1, 1, -1]],
    ["huberLoss", huberLoss, [0, 1, -1, 1e200, -Infinity], [0, 1, -1, 1, -1]],
    ["smoothL1Loss", smoothL1Loss, [0, 1, -1, 1e200, Infinity], [0, 1, -1, 1, 1]],
    ["mseLoss", mseLoss, [0, 1e150], [0, 2e150]],
  ])("%s against 0 has slopes of both signs", (_name, f, x, want) => {
    const [byInput, byTarget] = gradients(
      f,
      x,
      x.map(() => 0),
    );
    expect(byInput).toEqual(want);
    expect(byTarget).toEqual(want.map((slope) => 0 - slope));
  });

  it("huberLoss has second derivative 1 at the target", () => {
    const x = tensor([0], { dtype: "float64", requiresGrad: true });
    const [first] = grad(huberLoss(x, zeros([1], { dtype: "float64" })), [x], { createGraph: true }) as [Tensor];
    expect(grad(first, [x])[0]?.item()).toBe(1);
  });

  it("binaryCrossEntropy clamps logarithms at −100 and keeps a large finite gradient", () => {
    const x = [0, 1, 0, 1, 1e-8, 0.5];
    const t = [0, 1, 1, 0, 1, 0.5];
    const losses = binaryCrossEntropy(tensor(x, { dtype: "float64" }), tensor(t, { dtype: "float64" }), {
      reduction: "none",
    });
    [0, 0, 100, 100, 18.420680743952367, Math.LN2].forEach((want, i) => expect(losses.data[i]).toBeCloseTo(want, 12));
    const [byInput, byTarget] = gradients(binaryCrossEntropy, x, t);
    [0, 0, -1e12, 1e12, -1e8, 0].forEach((want, i) =>
      expect(Math.abs(byInput[i]! - want)).toBeLessThanOrEqual(1e-7 * Math.abs(want)),
    );
    expect(byTarget.slice(0, 4)).toEqual([100, -100, 100, -100]);
  });

  it("binaryCrossEntropyWithLogits neither overflows nor loses the tail", () => {
    const x = [1e4, -1e4, 1e4, -1e4, 30, 0];
    const t = [0, 1, 1, 0, 1, 0.25];
    const losses = binaryCrossEntropyWithLogits(tensor(x, { dtype: "float64" }), tensor(t, { dtype: "float64" }), {
      reduction: "none",
    });
    const want = [1e4, 1e4, 0, 0, 9.3576229688397368e-14, Math.LN2];
    want.forEach((loss, i) => expect(Math.abs(losses.data[i]! - loss)).toBeLessThanOrEqual(1e-14 * loss));
    const [byInput] = gradients(binaryCrossEntropyWithLogits, x, t);
    [1, -1, 0, 0, 0, 0.25].forEach((slope, i) => expect(byInput[i]).toBeCloseTo(slope, 12));
  });

  it("klDivLoss takes 0 · log 0 as 0", () => {
    const x = tensor([-1, -2], { dtype: "float64", requiresGrad: true });
    const t = tensor([0, 1], { dtype: "float64" });
    expect(klDivLoss(x, t, { reduction: "none" }).add(0).toArray()).toEqual([0, 2]);
    const [byInput, byTarget] = gradients(klDivLoss, [-1, -2], [0, 1]);
    expect(byInput).toEqual([0, -1]);
    expect(byTarget.every(Number.isFinite)).toBe(true);
  });

  it("klDivLoss divides by the number of rows for batchmean", () => {
    const x = randn([4, 3]);
    const t = rand([4, 3]);
    const sum = klDivLoss(x, t, { reduction: "sum" }).item();
    expect(klDivLoss(x, t, { reduction: "batchmean" }).item()).toBeCloseTo(sum / 4, 5);
  });

  it("passes NaN on in regression losses", () => {
    for (const f of [mseLoss, l1Loss, huberLoss, smoothL1Loss]) {
      expect(f(tensor([NaN]), tensor([0])).item()).toBeNaN();
      expect(f(tensor([0]), tensor([NaN])).item()).toBeNaN();
    }
  });

  it("poissonNllLoss takes integer counts", () => {
    const [x, t] = [double([0.5, 1, 2]), tensor([0, 1, 5], { dtype: "int32" })];
    const want = poissonNllLoss(x, t.to("float64"), { full: true });
    expect(poissonNllLoss(x, t, { full: true }).item()).toBeCloseTo(want.item(), 6);
    expect(poissonNllLoss(x.to("float32"), t).dtype).toBe("float32");
  });

  it("poissonNllLoss has finite slopes for a rate of 0 and a count of 0", () => {
    const [x, t] = [double([0, 0, 2]), double([0, 1, 0])];
    const loss = poissonNllLoss(x, t, { logInput: false, full: true, reduction: "sum" });
    for (const g of grad(loss, [x, t])) expect(g.data.every(Number.isFinite)).toBe(true);
    expect(poissonNllLoss(double([-Infinity]), double([0]), { reduction: "sum" }).item()).toBe(0);
    expect(poissonNllLoss(double([-1e300, 800]), double([0, 0]), { reduction: "none" }).toArray()).toEqual([
      0,
      Infinity,
    ]);
    expect(poissonNllLoss(zeros([0]), zeros([0])).item()).toBeNaN();
  });

  it("gaussianNllLoss bounds small variances and lets their gradient through", () => {
    const [x, t, v] = [double([1, 1]), double([0, 0]), double([0, 1e-9])];
    const loss = gaussianNllLoss(x, t, v, { eps: 0.01, reduction: "sum" });
    expect(loss.item()).toBeCloseTo(log(0.01) + 100, 10);
    const slopes = [...(grad(loss, [v])[0]?.data ?? [])];
    for (const slope of slopes) expect(slope / (50 - 5000)).toBeCloseTo(1, 12);
    expect(gaussianNllLoss(x, t, double([Infinity, NaN]), { reduction: "none" }).toArray()).toEqual([Infinity, NaN]);
  });

  it("cosineEmbeddingLoss takes single vectors", () => {
    expect(cosineEmbeddingLoss(tensor([3, 4]), tensor([6, 8]), tensor(1)).item()).toBeCloseTo(0, 6);
  });

  it("cosineEmbeddingLoss stays finite for zero vectors, and for long ones in float32", () => {
    const x = zeros([2, 3], { requiresGrad: true });
    const loss = cosineEmbeddingLoss(
      x,
      tensor([
        [1, 2, 3],
        [0, 0, 0],
      ]),
      tensor([1, -1]),
      { reduction: "none" },
    );
    expect(loss.toArray()).toEqual([1, 0]);
    expect(grad(loss.sum(), [x])[0]?.data.every(Number.isFinite)).toBe(true);
    const long = tensor([1e15, 1e15]);
    expect(cosineEmbeddingLoss(long, long, tensor(1)).item()).toBeCloseTo(0, 6);
  });

  it("hingeEmbeddingLoss is flat beyond the margin and keeps its slope at it", () => {
    const x = double([0, 1, 2, 5]);
    const t = tensor([-1, -1, -1, 1]);
    expect([...(grad(hingeEmbeddingLoss(x, t, { reduction: "sum" }), [x])[0]?.add(0).data ?? [])]).toEqual([
      -1, -1, 0, 1,
    ]);
  });

  it("marginRankingLoss pulls ties apart", () => {
    const [a, b] = [double([1, 1, 2]), double([1, 1, 1])];
    const loss = marginRankingLoss(a, b, tensor([1, -1, 1]), { reduction: "sum" });
    expect(grad(loss, [a, b]).map((g) => [...g.add(0).data])).toEqual([
      [-1, 1, 0],
      [1, -1, 0],
    ]);
  });

  it("losses of pairs pass NaN on", () => {
    const [x, t] = [tensor([NaN]), tensor([-1])];
    expect(hingeEmbeddingLoss(x, t).item()).toBeNaN();
    expect(marginRankingLoss(x, t, t).item()).toBeNaN();
    expect(cosineEmbeddingLoss(x, t, tensor(-1)).item()).toBeNaN();
  });

  it("binaryCrossEntropy multiplies each element by its weight, and no more", () => {
    const [x, t] = [rand([4, 3], { dtype: "float64" }), rand([4, 3], { dtype: "float64" })];
    const weight = double([0.5, 2, 3]).detach();
    const plain = binaryCrossEntropy(x, t, { reduction: "none" });
    const got = binaryCrossEntropy(x, t, { weight, reduction: "none" });
    expect(got.toArray()).toEqual(plain.mul(weight).toArray());
  });
});
