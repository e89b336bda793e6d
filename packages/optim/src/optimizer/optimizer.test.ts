import "@tapegrad/autograd";
import { Generator, randn, ShapeError, tensor, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { convertStorage, gradMode } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { Adadelta } from "../algorithms/adadelta.ts";
import { Adafactor } from "../algorithms/adafactor.ts";
import { Adagrad } from "../algorithms/adagrad.ts";
import { Adam } from "../algorithms/adam.ts";
import { AdamW } from "../algorithms/adam-w.ts";
import { Adamax } from "../algorithms/adamax.ts";
import { ASGD } from "../algorithms/asgd.ts";
import { Ftrl } from "../algorithms/ftrl.ts";
import { LAMB } from "../algorithms/lamb.ts";
import { LARS } from "../algorithms/lars.ts";
import { Lion } from "../algorithms/lion.ts";
import { NAdam } from "../algorithms/nadam.ts";
import { RAdam } from "../algorithms/radam.ts";
import { RMSprop } from "../algorithms/rmsprop.ts";
import { Rprop } from "../algorithms/rprop.ts";
import { SGD } from "../algorithms/sgd.ts";
import { SparseAdam } from "../algorithms/sparse-adam.ts";
import type { Optimizer } from "./optimizer.ts";
import type { OptimizerState } from "./optimizer-state.ts";

const leaf = (...values: number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });
const ones = (p: Tensor): Tensor => zeros(p.shape, { dtype: p.dtype }).add(1);

/** Steps with gradients that only depend on the number of the step. */
function train(optimizer: { step(): void }, params: readonly Tensor[], from: number, to: number): void {
  for (let step = from; step < to; step++) {
    const generator = new Generator(step);
    for (const p of params) p.grad = randn(p.shape, { generator, dtype: p.dtype });
    optimizer.step();
  }
}

describe("parameters and groups", () => {
  it("takes any iterable, once", () => {
    const [a, b] = [leaf(1), leaf(2)];
    function* parameters(): Iterable<Tensor> {
      yield a;
      yield b;
    }
    const optimizer = new SGD(parameters(), { lr: 1 });
    a.grad = b.grad = ones(a);
    optimizer.step();
    expect([a.item(), b.item()]).toEqual([0, 1]);
  });

  it("lets groups override options", () => {
    const [a, b, c] = [leaf(1), leaf(1), leaf(1)];
    const optimizer = new SGD(
      [
        { params: [a, c], lr: 0.5 },
        { params: new Set([b]), weightDecay: 1 },
      ],
      { lr: 0.25 },
    );
    for (const p of [a, b, c]) p.grad = ones(p);
    optimizer.step();
    expect([a.item(), b.item(), c.item()]).toEqual([0.5, 0.5, 0.5]);
    expect(optimizer.groups.map((group) => group.lr.item())).toEqual([0.5, 0.25]);
  });

  it("trains one optimizer's parameters in both dtypes", () => {
    const single = tensor([1], { requiresGrad: true });
    const double = leaf(1);
    single.grad = ones(single);
    double.grad = ones(double);
    new Adam([single, double], { lr: 0.5, eps: 0 }).step();
    expect([single.item(), double.item()]).toEqual([0.5, 0.5]);
    expect(single.dtype).toBe("float32");
  });

  it("ignores frozen parameters", () => {
    const frozen = tensor([1]);
    const optimizer = new Adam([frozen]);
    optimizer.step();
    expect(frozen.item()).toBe(1);
  });

  it("zeroGrad forgets gradients", () => {
    const p = leaf(1);
    p.square().sum().backward();
    new SGD([p]).zeroGrad();
    expect(p.grad).toBeUndefined();
  });
});

describe("the step", () => {
  it("changes tensors in place and records nothing", () => {
    const p = leaf(1, 2);
    const optimizer = new Adam([p], { lr: 0.1 });
    const { storage } = p;
    const group = optimizer.groups[0];
    p.square().sum().backward(undefined, { createGraph: true });
    optimizer.step();
    expect(p.storage).toBe(storage);
    expect(storage.version).toBe(1);
    expect([p.node, p.requiresGrad, gradMode.enabled]).toEqual([undefined, true, true]);
    expect(optimizer.groups[0]?.lr).toBe(group?.lr);
  });

  it("reads the learning rate from its tensor in every step", () => {
    const p = leaf(1);
    const optimizer = new SGD([p], { lr: 0.5 });
    p.grad = ones(p);
    optimizer.step();
    optimizer.lr = 0.25;
    optimizer.step();
    expect(optimizer.lr).toBe(0.25);
    expect(p.item()).toBe(0.25);
  });

  it("goes on after the parameters have changed dtype", () => {
    const p = leaf(1, 2);
    const optimizer = new Adam([p], { lr: 0.1, eps: 0 });
    train(optimizer, [p], 0, 2);
    convertStorage(p, "float32");
    train(optimizer, [p], 2, 3);
    expect(optimizer.stateDict().state[0]?.["exp_avg"]?.dtype).toBe("float32");
    expect([...p.data].every(Number.isFinite)).toBe(true);
  });

  it("keeps numbers of float32 parameters in float64", () => {
    const p = tensor([1, 2], { requiresGrad: true });
    const optimizer = new NAdam([p]);
    train(optimizer, [p], 0, 2);
    const { state } = optimizer.stateDict();
    expect(state[0]?.["mu_product"]?.dtype).toBe("float64");
    expect(state[0]?.["exp_avg"]?.dtype).toBe("float32");
    const other = new NAdam([p]);
    other.loadStateDict(optimizer.stateDict());
    expect(other.stateDict().state[0]?.["mu_product"]?.item()).toBe(state[0]?.["mu_product"]?.item());
  });

  it("keeps a centered RMSprop finite where rounding takes the variance below 0", () => {
    const p = tensor([1], { requiresGrad: true });
    const optimizer = new RMSprop([p], { alpha: 0.3, centered: true });
    for (let step = 0; step < 200; step++) {
      p.grad = tensor([0.1]);
      optimizer.step();
    }
    expect(Number.isNaN(p.item())).toBe(false);
  });

  it("counts the steps of each parameter", () => {
    const params = [leaf(1), leaf(1), leaf(1)];
    const optimizer = new Adam(params);
    const use = (...used: number[]): void => {
      params.forEach((p, i) => (p.grad = used.includes(i) ? ones(p) : undefined));
      optimizer.step();
    };
    use(0, 1, 2);
    use(0, 2);
    use(1);
    use();
    use(0, 1);
    const { state } = optimizer.stateDict();
    expect([0, 1, 2].map((i) => state[i]?.["step"]?.item())).toEqual([3, 3, 2]);
  });
});

describe("saved state", () => {
  const cases: readonly [string, (params: Tensor[]) => Optimizer][] = [
    ["SGD", (p) => new SGD(p, { lr: 0.1 })],
    ["SGD momentum", (p) => new SGD(p, { lr: 0.1, momentum: 0.9, dampening: 0.5 })],
    ["Adam", (p) => new Adam(p, { lr: 0.1, amsgrad: true })],
    ["AdamW", (p) => new AdamW(p, { lr: 0.1 })],
    ["Adamax", (p) => new Adamax(p, { lr: 0.1 })],
    ["NAdam", (p) => new NAdam(p, { lr: 0.1, momentumDecay: 0.5 })],
    ["RAdam", (p) => new RAdam(p, { lr: 0.1, betas: [0.9, 0.99] })],
    ["RMSprop", (p) => new RMSprop(p, { lr: 0.1, momentum: 0.9, centered: true })],
    ["Adagrad", (p) => new Adagrad(p, { lr: 0.1, lrDecay: 0.5, initialAccumulatorValue: 0.1 })],
    ["Adadelta", (p) => new Adadelta(p)],
    ["Lion", (p) => new Lion(p, { lr: 0.1, weightDecay: 0.1 })],
    ["Adafactor", (p) => new Adafactor(p, { lr: 0.1 })],
    ["LAMB", (p) => new LAMB(p, { lr: 0.1, weightDecay: 0.1 })],
    ["LARS", (p) => new LARS(p, { lr: 1, trustCoefficient: 0.1 })],
    ["Ftrl", (p) => new Ftrl(p, { lr: 0.1, l1: 0.1 })],
    ["Rprop", (p) => new Rprop(p, { lr: 0.1 })],
    ["ASGD", (p) => new ASGD(p, { lr: 0.1, lambd: 0.1, t0: 2 })],
    ["SparseAdam", (p) => new SparseAdam(p, { lr: 0.1 })],
  ];

  it.each(cases)("%s resumes to the same bits from every step", (_name, make) => {
    for (let stop = 0; stop < 6; stop++) {
      const whole = [leaf(1, -2), leaf(3)];
      const first = make(whole);
      train(first, whole, 0, stop);
      const saved = structuredClone({ values: whole.map((p) => [...p.data]) });
      const state = first.stateDict();
      train(first, whole, stop, 6);
      const resumed = saved.values.map((values) => leaf(...values));
      const second = make(resumed);
      second.loadStateDict(state);
      train(second, resumed, stop, 6);
      expect(resumed.map((p) => [...p.data])).toEqual(whole.map((p) => [...p.data]));
    }
  });

  it("is a snapshot with PyTorch's names, and carries settings over", () => {
    const p = leaf(1, 2);
    const optimizer = new Adam([p], { lr: 0.1, betas: [0.8, 0.9] });
    const before = optimizer.stateDict();
    train(optimizer, [p], 0, 1);
    optimizer.lr = 0.05;
    expect(before.state[0]?.["exp_avg"]?.toArray()).toEqual([0, 0]);
    const { state, param_groups } = optimizer.stateDict();
    expect(Object.keys(state[0] ?? {})).toEqual(["step", "exp_avg", "exp_avg_sq"]);
    const settings = {
      betas: [0.8, 0.9],
      eps: 1e-8,
      weightDecay: 0,
      amsgrad: false,
      epsHat: false,
      biasCorrection: true,
      maximize: false,
    };
    expect(param_groups).toEqual([{ ...settings, lr: 0.05, params: [0] }]);
    const other = new Adam([leaf(0, 0)]);
    other.loadStateDict({ state, param_groups });
    expect(other.stateDict().param_groups).toEqual(param_groups);
    expect(other.groups[0]?.momentum?.item()).toBe(0.8);
  });

  it.each<[string, (s: OptimizerState) => unknown, new (m: string) => Error, string]>([
    [
      "groups",
      (s) => ({ ...s, param_groups: [] }),
      ValueError,
      "Adam.loadStateDict: expected 1 parameter groups, got 0.",
    ],
    [
      "parameters",
      (s) => ({ ...s, param_groups: [{ ...s.param_groups[0], params: [0] }] }),
      ValueError,
      "Adam.loadStateDict: expected 2 parameters in group 0, got 1.",
    ],
    [
      "option",
      (s) => ({ ...s, param_groups: [{ ...s.param_groups[0], rho: 1 }] }),
      ValueError,
      'Adam.loadStateDict: expected options lr, weightDecay, maximize, betas, eps, amsgrad, epsHat, biasCorrection, got "rho".',
    ],
    [
      "value",
      (s) => ({ ...s, param_groups: [{ ...s.param_groups[0], lr: -1 }] }),
      ValueError,
      "Adam.loadStateDict: expected lr ≥ 0, got -1.",
    ],
    [
      "missing",
      (s) => ({ ...s, state: { 0: s.state[0] } }),
      ValueError,
      "Adam.loadStateDict: expected state step, exp_avg, exp_avg_sq for every parameter, got none.",
    ],
    [
      "names",
      (s) => ({ ...s, state: { ...s.state, 1: { step: s.state[1]?.["step"] } } }),
      ValueError,
      "Adam.loadStateDict: expected state step, exp_avg, exp_avg_sq for every parameter, got step.",
    ],
    [
      "shape",
      (s) => ({ ...s, state: { ...s.state, 1: { ...s.state[1], exp_avg: zeros([2]) } } }),
      ShapeError,
      "Adam.loadStateDict: expected exp_avg of shape [1], got [2].",
    ],
    [
      "step",
      (s) => ({ ...s, state: { ...s.state, 1: { ...s.state[1], step: tensor(0.5) } } }),
      ValueError,
      "Adam.loadStateDict: expected step to be a whole number ≥ 0, got 0.5.",
    ],
  ])("refuses wrong %s and changes nothing", (_name, spoil, type, message) => {
    const params = [leaf(1, 2), leaf(3)];
    const source = new Adam(params, { lr: 0.5 });
    train(source, params, 0, 2);
    const optimizer = new Adam([leaf(1, 2), leaf(3)], { lr: 0.25 });
    const before = JSON.stringify(plain(optimizer.stateDict()));
    const call = (): void => optimizer.loadStateDict(spoil(source.stateDict()) as OptimizerState);
    expect(call).toThrow(type);
    expect(call).toThrow(message);
    expect(JSON.stringify(plain(optimizer.stateDict()))).toBe(before);
  });
});

function plain({ state, param_groups }: OptimizerState): unknown {
  const tensors = Object.values(state).map((entry) => Object.values(entry).map((t) => t.toArray()));
  return [tensors, param_groups];
}
