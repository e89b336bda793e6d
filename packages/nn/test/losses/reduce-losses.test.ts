import { grad, gradcheck } from "@tapegrad/autograd";
import { DTypeError, rand, randn, ShapeError, tensor, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functional as f } from "../../src/index.ts";

const wide = (values: Parameters<typeof tensor>[0]): Tensor => tensor(values, { dtype: "float64" });
const losses = wide([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
const reductions = ["none", "mean", "sum", "meanByCount", "meanByNonzeroWeights"] as const;

describe("reduceLosses", () => {
  it("divides by the sum of the weights, their number or that of those that are not 0, broadcast to the losses", () => {
    const reduced = (weight?: Tensor): unknown[] =>
      reductions.slice(1).map((reduction) => f.reduceLosses(losses, { weight, reduction }).item());
    expect(reduced()).toEqual([3.5, 21, 3.5, 3.5]);
    expect(reduced(wide([0.5, 0, 3]))).toEqual([29.5 / 7, 29.5, 29.5 / 6, 29.5 / 4]);
    expect(reduced(wide([[0], [2]]))).toEqual([5, 30, 5, 10]);
    expect(reduced(wide(2))).toEqual([3.5, 42, 7, 7]);
    expect(reduced(tensor([true, false, true]))).toEqual([3.5, 14, 14 / 6, 3.5]);
    expect(f.reduceLosses(losses, { weight: wide([0.5, 0, 3]), reduction: "none" }).toArray()).toEqual([[0.5, 0, 9], [2, 0, 18]]); // prettier-ignore
    expect(f.reduceLosses(losses).item()).toBe(3.5);
  });

  it("is NaN where nothing counts, and 0 for its sum", () => {
    for (const reduction of reductions.filter((one) => one.startsWith("mean"))) {
      expect(f.reduceLosses(zeros([0, 3]), { reduction }).item()).toBeNaN();
      const none = f.reduceLosses(losses, { weight: zeros([3]), reduction });
      if (reduction === "meanByCount") expect(none.item()).toBe(0);
      else expect(none.item()).toBeNaN();
    }
    expect(f.reduceLosses(losses, { weight: zeros([3]), reduction: "sum" }).item()).toBe(0);
  });

  it("has loss and gradient 0 where the weight is, whatever is there", () => {
    const x = wide([NaN, 2, Infinity]).requiresGrad_();
    const weight = wide([0, 3, 0]);
    for (const reduction of reductions) {
      const [slope] = grad(f.reduceLosses(x, { weight, reduction }), [x], reduction === "none" ? { cotangent: wide([1, 1, 1]) } : {}); // prettier-ignore
      const want = { none: 3, sum: 3, mean: 1, meanByCount: 1, meanByNonzeroWeights: 3 }[reduction];
      expect(slope!.toArray()).toEqual([0, want, 0]);
    }
  });

  it("passes the gradient check by losses and weights", () => {
    const inputs = [randn([2, 3], { dtype: "float64" }), rand([3], { dtype: "float64" }).add(0.5)];
    for (const reduction of reductions) {
      expect(gradcheck((l, weight) => f.reduceLosses(l!, { weight, reduction }), inputs, { order: 2 }).passed).toBe(true); // prettier-ignore
    }
  });

  it("is the mean of mseLoss and l1Loss, and by number that of huberLoss", () => {
    const [x, t] = [randn([4, 3], { dtype: "float64" }), randn([4, 3], { dtype: "float64" })];
    const weight = wide([[1], [0], [2], [0.5]]);
    for (const [loss, reduction] of [
      [f.mseLoss, "mean"],
      [f.l1Loss, "mean"],
      [f.huberLoss, "meanByCount"],
    ] as const) {
      // prettier-ignore
      const each = loss(x, t, { reduction: "none" });
      expect(loss(x, t, { weight }).item()).toBeCloseTo(f.reduceLosses(each, { weight, reduction }).item(), 14);
      const broken = x.maskedFill(wide([[0], [1], [0], [0]]).ne(0), NaN).requiresGrad_();
      const value = loss(broken, t, { weight });
      expect(value.item()).toBeCloseTo(loss(x, t, { weight }).item(), 14);
      expect([...grad(value, [broken])[0]!.data].every(Number.isFinite)).toBe(true);
    }
  });

  it.each<[string, () => unknown, new (message: string) => Error, string]>([
    ["a weight", () => f.reduceLosses(losses, { weight: zeros([2]) }), ShapeError, "reduceLosses: expected a weight that broadcasts to [2, 3], got [2]."],
    ["integers", () => f.reduceLosses(losses.to("int32")), DTypeError, "reduceLosses: expected losses of dtype float32 or float64, got int32."],
    ["a reduction", () => f.reduceLosses(losses, { reduction: "average" as "mean" }), ValueError, "reduceLosses: expected reduction none, mean, sum, meanByCount or meanByNonzeroWeights, got average."],
  ])("refuses %s", (_, act, type, message) => {
    expect(act).toThrow(type);
    expect(act).toThrow(message);
  }); // prettier-ignore
});

describe("smoothLabels", () => {
  it("spreads a share over the classes of an axis or several", () => {
    const hot = wide([[1, 0], [0, 1]]); // prettier-ignore
    expect(f.smoothLabels(hot, 0.5).toArray()).toEqual([[0.75, 0.25], [0.25, 0.75]]); // prettier-ignore
    const cube = wide([[[1], [0], [0], [0]]]);
    expect(f.smoothLabels(cube, 0.4, { axis: 1 }).toArray(3)[0]!.flat().map((v) => Math.round(v * 1e9) / 1e9)).toEqual([0.7, 0.1, 0.1, 0.1]); // prettier-ignore
    expect(f.smoothLabels(cube, 0.4, { axis: [-2, -1] }).toArray()).toEqual(f.smoothLabels(cube, 0.4, { axis: 1 }).toArray()); // prettier-ignore
    expect(f.smoothLabels(tensor([1, 0], { dtype: "int32" }), 0).toArray()).toEqual([1, 0]);
    expect(f.smoothLabels(hot, 1).toArray()).toEqual([[0.5, 0.5], [0.5, 0.5]]); // prettier-ignore
  });

  it("is what the losses do by themselves", () => {
    const [x, t] = [randn([4, 3], { dtype: "float64" }), rand([4, 3], { dtype: "float64" })];
    const smoothed = f.crossEntropy(x, f.smoothLabels(t, 0.3, { axis: 1 })).item();
    expect(f.crossEntropy(x, t, { labelSmoothing: 0.3 }).item()).toBeCloseTo(smoothed, 14);
  });

  it.each<[string, () => unknown, string]>([
    ["a share", () => f.smoothLabels(losses, 1.5), "smoothLabels: expected alpha in [0, 1], got 1.5."],
    ["an axis", () => f.smoothLabels(losses, 0.5, { axis: 2 }), "smoothLabels: expected an axis in [-2, 1], got 2."],
  ])("refuses %s", (_, act, message) => {
    expect(act).toThrow(message);
  });
});
