import { grad } from "@tapegrad/autograd";
import { tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  binaryFocalCrossEntropy,
  categoricalCrossEntropy,
  categoricalFocalCrossEntropy,
  categoricalHingeLoss,
  diceLoss,
  generalizedCrossEntropy,
  hingeLoss,
  klDivergenceLoss,
  logCoshLoss,
  mapeLoss,
  resolveLoss,
  tverskyLoss,
} from "../../src/functional.ts";

const leaf = (values: Parameters<typeof tensor>[0]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });
const wide = (values: Parameters<typeof tensor>[0]): Tensor => tensor(values, { dtype: "float64" });

describe("losses of certain and extreme answers", () => {
  it("let a probability of 0 grow that should be 1", () => {
    for (const loss of [categoricalCrossEntropy, categoricalFocalCrossEntropy, klDivergenceLoss]) {
      const p = leaf([[0, 1, 0]]);
      const [slope] = grad(loss(p, wide([[1, 0, 0]])), [p]);
      expect(slope!.data[0]).toBeLessThan(-1e5);
      expect([...slope!.data].every(Number.isFinite)).toBe(true);
    }
    const at0 = categoricalCrossEntropy(wide([[0, 1]]), wide([[1, 0]])).item();
    expect(at0).toBeCloseTo(-Math.log(1e-7), 6);
  });

  it("cost next to nothing where they are right", () => {
    const [p, t] = [leaf([[1, 0]]), wide([[1, 0]])];
    for (const loss of [binaryFocalCrossEntropy, categoricalCrossEntropy, categoricalFocalCrossEntropy, diceLoss, generalizedCrossEntropy, klDivergenceLoss, tverskyLoss]) {
      const value = loss(p, t);
      expect(Math.abs(value.item())).toBeLessThan(2e-7);
      expect([...grad(value, [p])[0]!.data].every(Number.isFinite)).toBe(true);
    } // prettier-ignore
  });

  it("have finite gradients of logits that are far apart, and without focus", () => {
    const t = tensor([0], { dtype: "int32" });
    for (const loss of [categoricalFocalCrossEntropy, generalizedCrossEntropy]) {
      const x = leaf([[-2000, 2000, 0]]);
      expect([...grad(loss(x, t, { fromLogits: true }), [x])[0]!.data].every(Number.isFinite)).toBe(true);
    }
    const p = leaf([[1, 0]]);
    for (const loss of [binaryFocalCrossEntropy, categoricalFocalCrossEntropy]) {
      const plain = loss(p, wide([[1, 0]]), { gamma: 0 });
      expect([...grad(plain, [p])[0]!.data].every(Number.isFinite)).toBe(true);
    }
  });

  it("have a finite gradient where an answer is certain and right, whatever the focus", () => {
    for (const loss of [binaryFocalCrossEntropy, categoricalFocalCrossEntropy]) {
      for (const gamma of [0, 0.01, 0.5, 1, 1.5]) {
        for (const dtype of ["float32", "float64"] as const) {
          const x = tensor([[1000, -1000]], { dtype, requiresGrad: true });
          const value = loss(x, tensor([[1, 0]], { dtype }), { gamma, fromLogits: true });
          expect([value.item(), ...grad(value, [x])[0]!.data], `gamma ${gamma}, ${dtype}`).toEqual([0, 0, 0]);
        }
        const p = leaf([[1, 0]]);
        expect([...grad(loss(p, wide([[1, 0]]), { gamma }), [p])[0]!.data].every(Number.isFinite)).toBe(true);
      }
    }
  });

  it("scale probabilities to a sum of 1", () => {
    const t = tensor([0, 1], { dtype: "int32" });
    const [p, half] = [wide([[0.2, 0.8], [0.6, 0.4]]), wide([[0.1, 0.4], [0.3, 0.2]])]; // prettier-ignore
    for (const loss of [categoricalCrossEntropy, categoricalFocalCrossEntropy, generalizedCrossEntropy]) {
      expect(loss(half, t).item()).toBeCloseTo(loss(p, t).item(), 12);
    }
  });

  it("logCoshLoss has second derivative 1 at the target, and is finite far from it", () => {
    const x = leaf([0, -0.0]);
    const [first] = grad(logCoshLoss(x, wide([0, 0]), { reduction: "sum" }), [x], { createGraph: true }) as [Tensor];
    expect(grad(first.sum(), [x])[0]?.toArray()).toEqual([1, 1]);
    const far = logCoshLoss(wide([1e300, -1e300, -Infinity]), wide([0, 0, 0]), { reduction: "none" });
    expect(far.toArray()).toEqual([1e300, 1e300, Infinity]);
  });

  it("let scores of −∞ rule classes out of the hinge", () => {
    const x = leaf([[1, -Infinity, 2]]);
    const t = tensor([0], { dtype: "int32" });
    const loss = categoricalHingeLoss(x, t);
    expect(loss.item()).toBe(2);
    expect(grad(loss, [x])[0]!.toArray()).toEqual([[-1, 0, 1]]);
    expect(categoricalHingeLoss(wide([[-Infinity, 1, 2]]), t).item()).toBe(Infinity);
    expect(categoricalHingeLoss(wide([[NaN, 1, 2]]), t).item()).toBeNaN();
  });

  it("take −1 and 0 for one no, and a target of 0 for one of 1e-7", () => {
    const x = wide([0.3, -2]);
    expect(hingeLoss(x, wide([-1, 1])).item()).toBe(hingeLoss(x, wide([0, 1])).item());
    expect(mapeLoss(wide([1]), wide([0])).item()).toBeCloseTo(1e9, 0);
  });

  it("have one overlap for a batch, or one for each sample", () => {
    const [p, t] = [wide([[1, 0], [0, 0]]), wide([[1, 0], [1, 1]])]; // prettier-ignore
    expect(diceLoss(p, t).item()).toBeCloseTo(1 - 2 / 4, 6);
    expect(diceLoss(p, t, { axis: 1 }).item()).toBeCloseTo((0 + 1) / 2, 6);
    expect(tverskyLoss(p, t, { alpha: 1, beta: 0 }).item()).toBeCloseTo(0, 6);
  });
});

describe("Keras' names", () => {
  it.each([
    ["categorical_crossentropy", categoricalCrossEntropy],
    ["sparse_categorical_crossentropy", categoricalCrossEntropy],
    ["binary_crossentropy", resolveLoss("bce")],
    ["mean_squared_error", resolveLoss("mse")],
    ["kl_divergence", klDivergenceLoss],
    ["log_cosh", logCoshLoss],
    ["hinge", hingeLoss],
    ["huber", resolveLoss("huberLoss")],
    ["mape", mapeLoss],
    ["categorical_focal_crossentropy", categoricalFocalCrossEntropy],
  ])("%s is found", (name, loss) => {
    expect(resolveLoss(name)).toBe(loss);
  });

  it("refuse logits rather than train by them", () => {
    const [logits, t] = [wide([[2, -1]]), tensor([0], { dtype: "int32" })];
    for (const name of ["categorical_crossentropy", "sparse_categorical_crossentropy"]) {
      expect(() => resolveLoss(name)(logits, t)).toThrow("expected probabilities in [0, 1], got 2. Of logits say");
    }
  });
});
