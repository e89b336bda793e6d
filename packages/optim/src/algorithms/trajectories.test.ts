import { tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { checkTrajectories, type Formula, formulaRows } from "../../test/trajectory.ts";
import type { AdamOptions } from "./adam.ts";
import { AdamW } from "./adam-w.ts";
import { Adam } from "./adam.ts";
import { SGD, type SGDOptions } from "./sgd.ts";

const sgd: Formula<SGDOptions> = (start, options, slip) => {
  const { lr = 1e-3, momentum = 0, dampening = 0, nesterov = false, weightDecay = 0, maximize = false } = options;
  const penalty = options.decoupledWeightDecay === true ? 0 : weightDecay;
  let p = start;
  let buffer: number | undefined;
  return (gradient) => {
    let g = (maximize ? -gradient : gradient) + penalty * p;
    p -= lr * (weightDecay - penalty) * p;
    if (momentum !== 0) {
      const isWhole = buffer === undefined && slip !== "the first gradient damped";
      buffer = isWhole ? g : momentum * (buffer ?? 0) + (1 - dampening) * g;
      g = nesterov && slip !== "no look-ahead" ? g + momentum * buffer : buffer;
    }
    p -= lr * g;
    return p;
  };
};

/** Adam and AdamW. */
const adamLike =
  (decoupled: boolean): Formula<AdamOptions> =>
  (start, options, slip) => {
    const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, amsgrad = false, maximize = false } = options;
    const { weightDecay = decoupled ? 0.01 : 0, epsHat = false, biasCorrection = true } = options;
    let [p, m, v, largest, t] = [start, 0, 0, 0, 0];
    return (gradient) => {
      t++;
      let g = maximize ? -gradient : gradient;
      if (decoupled !== (slip === "the other decay")) p -= lr * weightDecay * p;
      else g += weightDecay * p;
      m = betas[0] * m + (1 - betas[0]) * g;
      v = betas[1] * v + (1 - betas[1]) * g * g;
      const [c1, c2] = biasCorrection ? [1 - betas[0] ** t, 1 - betas[1] ** t] : [1, 1];
      const mHat = slip === "no bias correction" ? m : m / c1;
      largest = amsgrad && slip !== "no memory of the largest" ? Math.max(largest, v) : v;
      const isHat = epsHat && slip !== "eps behind the correction";
      p -= (lr * mHat) / (isHat ? (Math.sqrt(largest) + eps) / Math.sqrt(c2) : Math.sqrt(largest / c2) + eps);
      return p;
    };
  };

checkTrajectories([
  ...formulaRows(
    SGD,
    sgd,
    [
      {},
      { lr: 0.1 },
      { lr: 0.1, weightDecay: 0.1 },
      { lr: 0.05, momentum: 0.9 },
      { lr: 0.05, momentum: 0.9, dampening: 0.3 },
      { lr: 0.05, momentum: 0.8, nesterov: true },
      { lr: 0.02, momentum: 0.9, weightDecay: 0.05, nesterov: true },
      { lr: 0.02, momentum: 0.5, dampening: 0.5, weightDecay: 0.2, maximize: true },
      { lr: 0.05, momentum: 0.9, weightDecay: 0.4, decoupledWeightDecay: true, nesterov: true },
    ],
    { "the first gradient damped": 4, "no look-ahead": 5 },
  ),
  ...formulaRows(
    Adam,
    adamLike(false),
    [
      {},
      { lr: 0.1, betas: [0.8, 0.95] },
      { lr: 0.05, weightDecay: 0.1 },
      { lr: 0.05, amsgrad: true },
      { lr: 0.02, amsgrad: true, weightDecay: 0.01, eps: 1e-3 },
      { lr: 0.05, maximize: true },
      { lr: 0.05, betas: [0, 0.9], eps: 0.1 },
      { lr: 0.05, eps: 0.01, epsHat: true },
      { lr: 0.05, eps: 0.01, biasCorrection: false, amsgrad: true },
      { lr: 0.05, eps: 0.01, biasCorrection: false, epsHat: true },
    ],
    { "eps behind the correction": 7, "no bias correction": 0, "the other decay": 2, "no memory of the largest": 3 },
  ),
  ...formulaRows(
    AdamW,
    adamLike(true),
    [
      {},
      { lr: 0.05, weightDecay: 0 },
      { lr: 0.05, weightDecay: 0.2, betas: [0.8, 0.99] },
      { lr: 0.03, amsgrad: true, eps: 1e-4 },
      { lr: 0.02, maximize: true },
    ],
    { "the other decay": 2 },
  ),
]);

describe("Adam in numbers", () => {
  const double = (values: number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });

  it("moves by lr · g / (|g| + eps) in its first step", () => {
    const x = double([1, 2, 3]);
    x.grad = tensor([1e-10, 1e-3, 1e3], { dtype: "float64" });
    new Adam([x], { lr: 0.1 }).step();
    [0.999009900990099, 1.90000099999, 2.900000000001].forEach((want, i) => expect(x.data[i]).toBeCloseTo(want, 14));
  });

  it("does so in float32, whatever the gradient's scale", () => {
    const x = tensor([1, 1, 1, 1], { requiresGrad: true });
    x.grad = tensor([1e-6, 1e-3, 1e3, 1e15]);
    new Adam([x], { lr: 0.25 }).step();
    x.grad.data.forEach((g, i) => expect(x.data[i]).toBeCloseTo(1 - (0.25 * g) / (g + 1e-8), 6));
  });

  it("stays where it is for zero gradients, and counts the step", () => {
    const x = double([1, 2]);
    x.grad = tensor([0, 0], { dtype: "float64" });
    const optimizer = new Adam([x]);
    optimizer.step();
    expect(x.toArray()).toEqual([1, 2]);
    expect(optimizer.stateDict().state[0]?.["step"]?.item()).toBe(1);
  });

  it.each([1, 10, 1e3, 1e5, 1e7 - 1])("corrects the bias exactly in step %d + 1", (before) => {
    const x = double([0]);
    const optimizer = new Adam([x], { lr: 1, eps: 0 });
    const { state, param_groups } = optimizer.stateDict();
    const step = tensor(before, { dtype: "float64" });
    optimizer.loadStateDict({ state: { 0: { ...state[0], step } }, param_groups });
    x.grad = tensor([1], { dtype: "float64" });
    optimizer.step();
    const t = before + 1;
    const want = -0.1 / -Math.expm1(t * Math.log(0.9)) / Math.sqrt(0.001 / -Math.expm1(t * Math.log(0.999)));
    expect(x.item() / want).toBeCloseTo(1, 10);
  });

  it("takes the decay off the parameter in AdamW, and adds it to the gradient in Adam", () => {
    const [a, b] = [double([10]), double([10])];
    a.grad = b.grad = tensor([1e-3], { dtype: "float64" });
    new Adam([a], { lr: 0.1, weightDecay: 0.5 }).step();
    new AdamW([b], { lr: 0.1, weightDecay: 0.5 }).step();
    expect(a.item()).toBeCloseTo(9.9, 6);
    expect(b.item()).toBeCloseTo(10 * 0.95 - 0.1, 5);
  });
});
