import { grad } from "@tapegrad/autograd";
import { randn, Tensor, tensor } from "@tapegrad/tensor";
import { symbolicTensor, withTracer } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { crossEntropy } from "../../src/functional.ts";
import { RecordingTracer } from "./recording-tracer.ts";

describe("crossEntropy of class probabilities", () => {
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

describe("crossEntropy without values", () => {
  const x = symbolicTensor({ shape: [4, 3], dtype: "float32" });
  const t = symbolicTensor({ shape: [4], dtype: "int32" });

  it("reckons with ignored targets, even in a target that has none yet", () => {
    const recorded = (target: Tensor): readonly string[] => {
      const tracer = new RecordingTracer();
      withTracer(tracer, () => crossEntropy(x, target));
      return tracer.names;
    };
    const concrete = new Tensor({ dtype: "int32", data: new Int32Array(4), version: 0 }, [4]);
    expect(recorded(t)).toContain("where");
    expect(recorded(concrete)).toEqual(recorded(t));
  });
});
