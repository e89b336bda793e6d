import { grad, gradcheck } from "@tapegrad/autograd";
import { Generator, rand, randn, tensor, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { binaryCrossEntropy } from "../../src/losses/binary-cross-entropy.ts";
import { binaryCrossEntropyWithLogits } from "../../src/losses/binary-cross-entropy-with-logits.ts";
import { huberLoss } from "../../src/losses/huber-loss.ts";
import { klDivLoss } from "../../src/losses/kl-div-loss.ts";
import { l1Loss } from "../../src/losses/l1-loss.ts";
import { mseLoss } from "../../src/losses/mse-loss.ts";
import type { ReductionOptions } from "../../src/losses/reduction.ts";
import { smoothL1Loss } from "../../src/losses/smooth-l1-loss.ts";

interface Row {
  readonly name: string;
  readonly f: (x: Tensor, t: Tensor, options?: ReductionOptions) => Tensor;
  readonly naive: (x: number, t: number) => number;
  readonly inputs?: "numbers" | "probabilities";
  readonly targets?: "numbers" | "probabilities";
}

const { abs, exp, log } = Math;
const huber = (d: number, delta: number): number => (abs(d) <= delta ? (d * d) / 2 : delta * (abs(d) - delta / 2));
const logistic = (x: number): number => 1 / (1 + exp(-x));
const bce = (p: number, t: number): number => -(t * log(p) + (1 - t) * log(1 - p));
const weight = tensor([0.5, 2, 3], { dtype: "float64" });

const rows: readonly Row[] = [
  { name: "mseLoss", f: mseLoss, naive: (x, t) => (x - t) ** 2 },
  { name: "l1Loss", f: l1Loss, naive: (x, t) => abs(x - t) },
  { name: "huberLoss", f: huberLoss, naive: (x, t) => huber(x - t, 1) },
  { name: "huberLoss 0.3", f: (x, t, o) => huberLoss(x, t, { ...o, delta: 0.3 }), naive: (x, t) => huber(x - t, 0.3) },
  { name: "smoothL1Loss", f: smoothL1Loss, naive: (x, t) => huber(x - t, 1) },
  {
    name: "smoothL1Loss 0.3",
    f: (x, t, o) => smoothL1Loss(x, t, { ...o, beta: 0.3 }),
    naive: (x, t) => huber(x - t, 0.3) / 0.3,
  },
  { name: "smoothL1Loss 0", f: (x, t, o) => smoothL1Loss(x, t, { ...o, beta: 0 }), naive: (x, t) => abs(x - t) },
  { name: "klDivLoss", f: klDivLoss, naive: (x, t) => t * (log(t) - x), targets: "probabilities" },
  {
    name: "klDivLoss logTarget",
    f: (x, t, o) => klDivLoss(x, t, { ...o, logTarget: true }),
    naive: (x, t) => exp(t) * (t - x),
  },
  { name: "binaryCrossEntropy", f: binaryCrossEntropy, naive: bce, inputs: "probabilities", targets: "probabilities" },
  {
    name: "binaryCrossEntropyWithLogits",
    f: binaryCrossEntropyWithLogits,
    naive: (x, t) => bce(logistic(x), t),
    targets: "probabilities",
  },
];

const draw = (kind: Row["inputs"], shape: readonly number[], seed: number): Tensor =>
  kind === "probabilities"
    ? rand(shape, { generator: new Generator(seed), dtype: "float64" })
        .mul(0.9)
        .add(0.05)
    : randn(shape, { generator: new Generator(seed), dtype: "float64" });

describe.each(rows)("$name", ({ f, naive, inputs, targets }) => {
  it.each([[[]], [[5]], [[4, 3]], [[2, 3, 2]]])("agrees with its definition for shape %j", (shape) => {
    const x = draw(inputs, shape, 1);
    const t = draw(targets, shape, 2);
    const want = [...x.data].map((value, i) => naive(value, t.data[i]!));
    const total = want.reduce((sum, loss) => sum + loss, 0);
    const none = f(x, t, { reduction: "none" });
    expect(none.shape).toEqual(shape);
    none.data.forEach((loss, i) => expect(loss).toBeCloseTo(want[i]!, 12));
    expect(f(x, t, { reduction: "sum" }).item()).toBeCloseTo(total, 11);
    expect(f(x, t, { reduction: "mean" }).item()).toBeCloseTo(total / x.size, 11);
    expect(f(x, t).item()).toBe(f(x, t, { reduction: "mean" }).item());
    const single = f(x.to("float32"), t.to("float32"));
    expect(single.dtype).toBe("float32");
    expect(single.item()).toBeCloseTo(total / x.size, 5);
  });

  it.each(["none", "mean", "sum"] as const)("passes the gradient check twice, %s", (reduction) => {
    const x = draw(inputs, [4, 3], 5);
    const t = draw(targets, [4, 3], 6);
    const report = gradcheck((a, b) => f(a, b, { reduction }), [x, t], { order: 2 });
    expect(report.checks).toBeGreaterThanOrEqual(48);
  });

  it("reduces an empty batch to NaN or 0", () => {
    const empty = zeros([0, 3], { requiresGrad: true });
    expect(f(empty, zeros([0, 3])).item()).toBeNaN();
    expect(f(empty, zeros([0, 3]), { reduction: "sum" }).item() + 0).toBe(0);
    expect(f(empty, zeros([0, 3]), { reduction: "none" }).shape).toEqual([0, 3]);
    expect(grad(f(empty, zeros([0, 3])), [empty])[0]?.shape).toEqual([0, 3]);
  });
});

/** Gradients by input and target of the sum of the losses. */
function gradients(f: Row["f"], x: readonly number[], t: readonly number[]): [number[], number[]] {
  const input = tensor(x, { dtype: "float64", requiresGrad: true });
  const target = tensor(t, { dtype: "float64", requiresGrad: true });
  const [a, b] = grad(f(input, target, { reduction: "sum" }), [input, target]) as [Tensor, Tensor];
  return [[...a.add(0).data], [...b.add(0).data]];
}

describe("kinks and extremes", () => {
  it.each<[string, Row["f"], number[], number[]]>([
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
});

describe("weights", () => {
  const x = draw("numbers", [4, 3], 11);
  const t = draw("probabilities", [4, 3], 12);
  const p = x.sigmoid();

  it("binaryCrossEntropy multiplies each element", () => {
    const got = binaryCrossEntropy(p, t, { weight, reduction: "none" });
    const plain = binaryCrossEntropy(p, t, { reduction: "none" });
    expect(got.toArray()).toEqual(plain.mul(weight).toArray());
    expect(binaryCrossEntropy(p, t, { weight }).item()).toBeCloseTo(got.mean().item(), 12);
    gradcheck((a, b) => binaryCrossEntropy(a, b, { weight }), [p, t], { order: 2 });
  });

  it("binaryCrossEntropyWithLogits weighs elements and positive answers", () => {
    const posWeight = tensor([2, 1, 0.25], { dtype: "float64" });
    const got = binaryCrossEntropyWithLogits(x, t, { weight, posWeight, reduction: "none" });
    got.data.forEach((loss, i) => {
      const [value, target, column] = [x.data[i]!, t.data[i]!, i % 3];
      const pos = posWeight.data[column]!;
      const want = -(pos * target * log(logistic(value)) + (1 - target) * log(logistic(-value)));
      expect(loss).toBeCloseTo(want * weight.data[column]!, 12);
    });
    gradcheck((a, b) => binaryCrossEntropyWithLogits(a, b, { weight, posWeight }), [x, t], { order: 2 });
  });
});
