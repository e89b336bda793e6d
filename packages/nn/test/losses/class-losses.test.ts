import { grad, gradcheck } from "@tapegrad/autograd";
import { Generator, rand, randint, randn, tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { crossEntropy, type CrossEntropyOptions } from "../../src/losses/cross-entropy.ts";
import { nllLoss } from "../../src/losses/nll-loss.ts";
import type { Reduction } from "../../src/losses/reduction.ts";

/** Logits as rows, one for each position, in the order of the target's elements. */
function rowsOf(x: Tensor): number[][] {
  if (x.ndim === 1) return [[...x.data]];
  const classes = x.shape[1]!;
  const inner = x.size / (x.shape[0]! * classes);
  return Array.from({ length: x.size / classes }, (_, p) => {
    const start = Math.floor(p / inner) * classes * inner + (p % inner);
    return Array.from({ length: classes }, (__, c) => x.data[start + c * inner]!);
  });
}

const logProbs = (row: readonly number[]): number[] => {
  const total = row.reduce((sum, v) => sum + Math.exp(v), 0);
  return row.map((v) => v - Math.log(total));
};

/** Cross-entropy of class indices by loops; `log` says whether the rows hold log-probabilities already. */
function naive(x: Tensor, target: Tensor, options: CrossEntropyOptions, log = false): number[] | number {
  const { labelSmoothing: eps = 0, ignoreIndex = -100, weight, reduction = "mean" } = options;
  let share = 0;
  const losses = rowsOf(x).map((row, p) => {
    const t = target.data[p]!;
    if (t === ignoreIndex) return 0;
    const w = row.map((_, c) => (weight?.data[c] as number | undefined) ?? 1);
    share += w[t]!;
    const lp = log ? row : logProbs(row);
    const spread = lp.reduce((sum, v, c) => sum + v * w[c]!, 0) / row.length;
    return -(1 - eps) * lp[t]! * w[t]! - eps * spread;
  });
  const total = losses.reduce((sum, v) => sum + v, 0);
  return reduction === "none" ? losses : reduction === "sum" ? total : total / share;
}

function expectClose(got: Tensor, want: number[] | number): void {
  const list = typeof want === "number" ? [want] : want;
  expect(got.size).toBe(list.length);
  list.forEach((value, i) => expect(got.data[i]).toBeCloseTo(value, 12));
}

const shapes: readonly (readonly number[])[] = [[4], [5, 4], [3, 4, 5], [2, 3, 2, 3], [3, 1]];
const reductions: readonly Reduction[] = ["none", "mean", "sum"];
const cases = shapes.flatMap((shape) =>
  reductions.flatMap((reduction) =>
    [false, true].flatMap((weighted) =>
      [0, 0.1].flatMap((labelSmoothing) =>
        [false, true].map((ignores) => ({ shape, reduction, weighted, labelSmoothing, ignores })),
      ),
    ),
  ),
);

describe("crossEntropy of class indices", () => {
  it.each(cases)("$shape, $reduction, weights $weighted, smoothing $labelSmoothing, ignored $ignores", (row) => {
    const generator = new Generator(2);
    const { shape, reduction, labelSmoothing } = row;
    const classes = shape[shape.length === 1 ? 0 : 1]!;
    const x = randn(shape, { generator, dtype: "float64" });
    const full = randint(0, classes, [x.size / classes], { generator });
    const kept = [...full.data].map((t, i) => (row.ignores && i % 3 === 1 ? -100 : t));
    const target = tensor(kept, {
      dtype: "int32",
      shape: shape.length === 1 ? [] : [shape[0]!, ...shape.slice(2)],
    });
    const weight = row.weighted ? { weight: rand([classes], { generator, dtype: "float64" }).add(0.5) } : {};
    const options = { ...weight, labelSmoothing, reduction };
    expectClose(crossEntropy(x, target, options), naive(x, target, options));
    gradcheck((a) => crossEntropy(a, target, options), [x], { order: x.size < 25 ? 2 : 1 });
    if (labelSmoothing === 0) {
      const logs = x.logSoftmax({ axis: shape.length === 1 ? 0 : 1 });
      expectClose(nllLoss(logs, target, { ...weight, reduction }), naive(logs, target, options, true));
      gradcheck((a) => nllLoss(a, target, { ...weight, reduction }), [logs], { order: x.size < 25 ? 2 : 1 });
    }
  });
});

describe("crossEntropy of class probabilities", () => {
  const probabilities = shapes.flatMap((shape) =>
    reductions.flatMap((reduction) => [0, 0.2].map((labelSmoothing) => ({ shape, reduction, labelSmoothing }))),
  );

  it.each(probabilities)("$shape, $reduction, smoothing $labelSmoothing", ({ shape, reduction, labelSmoothing }) => {
    const generator = new Generator(5);
    const axis = shape.length === 1 ? 0 : 1;
    const classes = shape[axis]!;
    const x = randn(shape, { generator, dtype: "float64" });
    const target = randn(shape, { generator, dtype: "float64" }).softmax({ axis });
    const weight = rand([classes], { generator, dtype: "float64" }).add(0.5);
    const wanted = rowsOf(target);
    const losses = rowsOf(x).map((row, p) =>
      logProbs(row).reduce((sum, v, c) => {
        const t = (1 - labelSmoothing) * wanted[p]![c]! + labelSmoothing / classes;
        return sum - v * t * weight.data[c]!;
      }, 0),
    );
    const total = losses.reduce((sum, v) => sum + v, 0);
    const options = { weight, labelSmoothing, reduction };
    const want = reduction === "none" ? losses : reduction === "sum" ? total : total / losses.length;
    expectClose(crossEntropy(x, target, options), want);
    // With one class every second derivative is 0, and there is nothing to compare but rounding.
    gradcheck((a, b) => crossEntropy(a, b, options), [x, target], { order: classes > 1 && x.size < 25 ? 2 : 1 });
  });

  it("equals class indices for one-hot targets", () => {
    const x = randn([3, 4], { dtype: "float64" });
    const hot = tensor(
      [
        [1, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
      ],
      { dtype: "float64" },
    );
    const indices = tensor([0, 2, 3], { dtype: "int32" });
    expect(crossEntropy(x, hot).item()).toBeCloseTo(crossEntropy(x, indices).item(), 14);
  });

  it("lets a class that is ruled out and not wanted cost nothing", () => {
    const x = tensor([[0, -Infinity, 1]], { dtype: "float64", requiresGrad: true });
    const target = tensor([[1, 0, 0]], { dtype: "float64" });
    const loss = crossEntropy(x, target);
    expect(loss.item()).toBeCloseTo(1.3132616875182228, 14);
    const [g] = grad(loss, [x]) as [Tensor];
    [-0.7310585786300049, 0, 0.7310585786300049].forEach((want, i) => expect(g.data[i]).toBeCloseTo(want, 14));
  });
});

describe("extremes of crossEntropy", () => {
  const index = (...t: number[]): Tensor => tensor(t, { dtype: "int32" });

  it("masked logits: finite loss and gradient", () => {
    const x = tensor([[0, -Infinity, 1]], { dtype: "float64", requiresGrad: true });
    const loss = crossEntropy(x, index(0));
    expect(loss.item()).toBeCloseTo(1.3132616875182228, 14);
    const [g] = grad(loss, [x]) as [Tensor];
    [-0.7310585786300049, 0, 0.7310585786300049].forEach((want, i) => expect(g.data[i]).toBeCloseTo(want, 14));
  });

  it("a masked target costs ∞", () => {
    expect(crossEntropy(tensor([[0, -Infinity]]), index(1)).item()).toBe(Infinity);
  });

  it.each([
    [[1000, 0, -1000], 0, 0],
    [[1000, 0, -1000], 1, 1000],
    [[1000, 0, -1000], 2, 2000],
    [[-1000, -1000, -999], 2, 0.5514447139320511],
  ])("logits %j, target %i: %d", (logits, target, want) => {
    const x = tensor([logits], { dtype: "float64", requiresGrad: true });
    const loss = crossEntropy(x, index(target));
    expect(loss.item()).toBeCloseTo(want, 12);
    expect([...grad(loss, [x])[0]!.data].every(Number.isFinite)).toBe(true);
  });

  it("a confident answer keeps its digits: loss 4.5e-5, not 0", () => {
    const loss = crossEntropy(tensor([[10, 0]], { dtype: "float64" }), index(0));
    expect(loss.item() / 4.5398899216870535e-5).toBeCloseTo(1, 10);
  });

  it.each(["mean", "sum", "none"] as const)("nothing to count, %s", (reduction) => {
    const all = crossEntropy(randn([3, 4]), index(-100, -100, -100), { reduction });
    const empty = crossEntropy(tensor([], { shape: [0, 4] }), index(), { reduction });
    if (reduction === "none") {
      expect([...all.data].map(Math.abs)).toEqual([0, 0, 0]);
      expect(empty.shape).toEqual([0]);
    } else {
      for (const loss of [all, empty]) expect(loss.item() + 0).toBe(reduction === "mean" ? NaN : 0);
    }
  });

  it("an ignored row with NaN does not reach the loss", () => {
    const x = tensor([
      [NaN, NaN],
      [0, 0],
    ]);
    expect(crossEntropy(x, index(-100, 1)).item()).toBeCloseTo(Math.LN2, 6);
  });

  it("any index may be the ignored one", () => {
    const x = randn([2, 3], { dtype: "float64" });
    const one = crossEntropy(x.slice([1, 2]), index(2)).item();
    expect(crossEntropy(x, index(0, 2), { ignoreIndex: 0 }).item()).toBeCloseTo(one, 14);
    expect(crossEntropy(x, index(255, 2), { ignoreIndex: 255 }).item()).toBeCloseTo(one, 14);
  });

  it("a class of weight 0 does not count in the mean", () => {
    const x = randn([2, 3], { dtype: "float64" });
    const weight = tensor([0, 1, 1], { dtype: "float64" });
    expect(crossEntropy(x, index(0, 2), { weight }).item()).toBeCloseTo(
      crossEntropy(x.slice([1, 2]), index(2)).item(),
      14,
    );
  });

  it("keeps float32", () => {
    expect(crossEntropy(randn([2, 3]), index(0, 1)).dtype).toBe("float32");
  });
});
