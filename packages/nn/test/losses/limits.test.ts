import { grad } from "@tapegrad/autograd";
import { tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functional as f } from "../../src/index.ts";

const leaf = (values: Parameters<typeof tensor>[0], dtype: "float32" | "float64" = "float64"): Tensor =>
  tensor(values, { dtype, requiresGrad: true });
const wide = (values: Parameters<typeof tensor>[0]): Tensor => tensor(values, { dtype: "float64" });
const ints = (values: Parameters<typeof tensor>[0]): Tensor => tensor(values, { dtype: "int32" });
const slopes = (loss: Tensor, x: Tensor): number[] => [...grad(loss, [x])[0]!.add(0).data];

describe("kinks of losses", () => {
  it("keep the slope of the costly side, as clamp does", () => {
    const x = leaf([0, 0]);
    expect(slopes(f.perceptronLoss(x, wide([1, -1]), { reduction: "sum" }), x)).toEqual([-1, 1]);
    const scores = leaf([[1, 2]]);
    expect(slopes(f.multiMarginLoss(scores, ints([1]), { reduction: "sum" }), scores)).toEqual([0.5, -0.5]);
    expect(slopes(f.multilabelMarginLoss(scores, ints([[1, -1]])), scores)).toEqual([0.5, -0.5]);
    const a = leaf([[0]]);
    const triplet = f.tripletMarginLoss(a, wide([[1]]), wide([[2]]), { eps: 0 });
    expect([triplet.item(), ...slopes(triplet, a)]).toEqual([0, 0]);
  });

  it("share the slope between highest scores that are equal", () => {
    const x = leaf([[1, 1, 0]]);
    expect(slopes(f.multiclassPerceptronLoss(x, ints([2])), x)).toEqual([0.5, 0.5, -1]);
    expect(f.multiclassPerceptronLoss(x, ints([0])).item()).toBe(0);
  });
});

describe("extremes of losses", () => {
  it("have neither overflow nor NaN for large scores in float32", () => {
    const x = leaf([1e30, -1e30, 200, -200], "float32");
    const t = tensor([-1, -1, 1, 1]);
    const soft = f.softMarginLoss(x, t, { reduction: "none" });
    expect(soft.toArray()).toEqual([Math.fround(1e30), 0, 0, 200]);
    expect(slopes(soft.sum(), x)).toEqual([1, 0, 0, -1]);
    const far = leaf([[1e38, -1e38, 0]], "float32");
    for (const loss of [f.multiclassHingeLoss, f.multiclassPerceptronLoss, f.multiclassSparsemaxLoss, f.polyCrossEntropy]) {
      const value = loss(far, ints([0]));
      expect([value.item(), ...slopes(value, far)].every(Number.isFinite)).toBe(true);
      expect(value.item()).toBe(0);
    } // prettier-ignore
  });

  it("let scores of −∞ rule classes out", () => {
    const x = leaf([[1, -Infinity, 2]]);
    for (const [loss, want] of [[f.multiclassHingeLoss, [-1, 0, 1]], [f.multiclassPerceptronLoss, [-1, 0, 1]], [f.multiclassSparsemaxLoss, [-1, 0, 1]]] as const) {
      const value = loss(x, ints([0]));
      expect(Number.isFinite(value.item())).toBe(true);
      expect(slopes(value, x)).toEqual(want);
    } // prettier-ignore
    const poly = f.polyCrossEntropy(x, wide([[0.5, 0, 0.5]]));
    expect(slopes(poly, x).every(Number.isFinite)).toBe(true);
    expect(f.polyCrossEntropy(leaf([[NaN, 1]]), wide([[0, 0]]), { reduction: "sum" }).item()).toBe(0);
    const margin = f.multiMarginLoss(x, ints([0]));
    expect([margin.item(), ...slopes(margin, x)]).toEqual([2 / 3, -1 / 3, 0, 1 / 3]);
  });

  it("multiMarginLoss takes a class of weight 0 for nothing, whatever its scores", () => {
    const x = leaf([[NaN, 1], [0, 0]]); // prettier-ignore
    const loss = f.multiMarginLoss(x, ints([0, 1]), { weight: wide([0, 2]), reduction: "sum" });
    expect([loss.item(), ...slopes(loss, x)]).toEqual([1, 0, 0, 1, -1]);
  });

  it("generalizedKlDivergenceLoss takes 0 · log 0 as 0, and is 0 for equal weights", () => {
    const x = leaf([[-Infinity, Math.log(3)]]);
    const loss = f.generalizedKlDivergenceLoss(x, wide([[0, 3]]));
    expect(loss.item()).toBeCloseTo(0, 14);
    expect(slopes(loss, x).map((v) => Math.abs(Math.round(v * 1e12)))).toEqual([0, 0]);
    expect(f.generalizedKlDivergenceLoss(wide([[-Infinity]]), wide([[1]])).item()).toBe(Infinity);
  });

  it("multiclassHingeLoss is not Keras' where all scores are below 0", () => {
    const x = wide([[-3, -1, -3]]);
    expect(f.multiclassHingeLoss(x, ints([1])).item()).toBe(0);
    expect(f.categoricalHingeLoss(x, ints([1])).item()).toBe(2);
  });
});

describe("losses of labelled embeddings", () => {
  const [x, labels] = [leaf([[1, 0], [0, 1], [3, 4], [0, -2]]), ints([0, 0, 1, 2])]; // prettier-ignore

  it("cost nothing where there is no pair, and NaN on the mean of none", () => {
    const alone = ints([0, 1, 2, 3]);
    expect(f.ntXentLoss(x, alone).item()).toBeNaN();
    expect(f.ntXentLoss(x, alone, { reduction: "sum" }).item()).toBe(0);
    expect(f.circleLoss(x, alone).item()).toBe(0);
    for (const one of [alone, ints([5, 5, 5, 5])]) {
      for (const loss of [f.ntXentLoss, f.circleLoss]) {
        const value = loss(x, one, { reduction: "sum" });
        expect(value.item()).toBe(0);
        expect(slopes(value, x)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
      }
    }
  });

  it("ntXentLoss sees directions alone, and zero vectors too", () => {
    const loss = f.ntXentLoss(x, labels, { temperature: 0.5 });
    expect(f.ntXentLoss(x.mul(1e150), labels, { temperature: 0.5 }).item()).toBeCloseTo(loss.item(), 12);
    const single = leaf([[1e20, 0], [0, 1e-20], [0, 0]], "float32"); // prettier-ignore
    const value = f.ntXentLoss(single, ints([0, 1, 0]));
    expect([value.item(), ...slopes(value, single)].every(Number.isFinite)).toBe(true);
  });

  it("ntXentLoss stays exact where the others are far away, and large where they are near", () => {
    const near = f.ntXentLoss(wide([[1, 0], [1, 0], [-1, 0]]), ints([0, 0, 1]), { temperature: 0.05 }); // prettier-ignore
    expect(near.item() / Math.exp(-40)).toBeCloseTo(1, 12);
    const wrong = f.ntXentLoss(wide([[1, 0], [-1, 0], [1, 0]]), ints([0, 0, 1]), { temperature: 0.001 }); // prettier-ignore
    expect(wrong.item()).toBeCloseTo((2000 + Math.LN2) / 2, 9);
  });

  it("circleLoss counts those above 0 in its mean, and is finite with a large gamma in float32", () => {
    const e = leaf([[1, 0], [0, 1], [-1, 0]], "float32"); // prettier-ignore
    const each = f.circleLoss(e, ints([0, 0, 1]), { gamma: 1e4, reduction: "none" });
    const [first, second, third] = each.toArray(1);
    expect(third).toBe(0);
    expect(f.circleLoss(e, ints([0, 0, 1]), { gamma: 1e4 }).item()).toBeCloseTo((first! + second!) / 2, 1);
    expect(slopes(each.sum(), e).every(Number.isFinite)).toBe(true);
  });

  it("tripletMarginLoss has a finite gradient where vectors are equal", () => {
    const a = leaf([[1, 2]]);
    const value = f.tripletMarginLoss(a, a.detach(), a.detach(), { swap: true });
    expect(value.item()).toBe(1);
    expect(slopes(value, a).every(Number.isFinite)).toBe(true);
  });
});
