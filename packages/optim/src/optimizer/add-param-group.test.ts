import { DTypeError, ShapeError, tensor, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Adam } from "../algorithms/adam.ts";
import { Muon } from "../algorithms/muon.ts";
import { SGD } from "../algorithms/sgd.ts";
import { CyclicLR } from "../schedules/cyclic-lr.ts";
import { ReduceLROnPlateau } from "../schedules/reduce-lr-on-plateau.ts";
import { SequentialLR } from "../schedules/sequential-lr.ts";
import { StepLR } from "../schedules/step-lr.ts";
import { LinearLR } from "../schedules/linear-lr.ts";
import type { Optimizer } from "./optimizer.ts";

const leaf = (...values: number[]): Tensor => tensor(values, { dtype: "float64", requiresGrad: true });
const lrs = (optimizer: Optimizer): number[] => optimizer.groups.map(({ lr }) => lr.item());

describe("addParamGroup", () => {
  it("trains further parameters with the optimizer's options and their own", () => {
    const [a, b] = [leaf(1), leaf(1)];
    const optimizer = new SGD([a], { lr: 0.25, weightDecay: 1 });
    optimizer.lr = 0.125;
    const before = optimizer.groups;
    optimizer.addParamGroup({ params: new Set([b]), weightDecay: 0 });
    a.grad = b.grad = tensor([1], { dtype: "float64" });
    optimizer.step();
    // What the constructor said holds, not what the first group has now.
    expect([a.item(), b.item(), lrs(optimizer)]).toEqual([0.75, 0.75, [0.125, 0.25]]);
    expect([before.length, optimizer.groups[0]]).toEqual([1, before[0]]);
    expect(() => (optimizer.groups as unknown[]).push({ params: [b] })).toThrow(TypeError);
    optimizer.zeroGrad();
    expect([a.grad, b.grad]).toEqual([undefined, undefined]);
  });

  it("has a place in the state", () => {
    const make = (): [SGD, Tensor[]] => {
      const params = [leaf(1), leaf(2), leaf(3)];
      const optimizer = new SGD(params.slice(0, 2), { lr: 0.5, momentum: 0.5 });
      return [optimizer, params];
    };
    const [one, params] = make();
    one.addParamGroup({ params: params.slice(2), momentum: 0.25 });
    for (const p of params) p.grad = p.mul(2).detach();
    one.step();
    const state = one.stateDict();
    expect(state.param_groups.map((group) => [group.params, group["momentum"]])).toEqual([
      [[0, 1], 0.5],
      [[2], 0.25],
    ]);
    expect(state.state[2]?.["momentum_buffer"]?.toArray()).toEqual([6]);
    const [other, others] = make();
    expect(() => other.loadStateDict(state)).toThrow("SGD.loadStateDict: expected 1 parameter groups, got 2.");
    other.addParamGroup({ params: others.slice(2) });
    other.loadStateDict(state);
    expect(other.stateDict()).toEqual(state);
  });

  const known = leaf(1);
  const matrix = zeros([2, 2], { requiresGrad: true });
  it.each<[string, () => Optimizer, object, new (m: string) => Error, string]>([
    ["no group", () => new SGD([known]), [leaf(1)], ValueError, "SGD.addParamGroup: expected group to be a parameter"],
    [
      "a parameter again",
      () => new SGD([known]),
      { params: [leaf(1), known] },
      ValueError,
      "SGD.addParamGroup: expected every parameter once, got one twice.",
    ],
    [
      "an option",
      () => new Adam([known]),
      { params: [leaf(1)], momentum: 0.5 },
      ValueError,
      'Adam.addParamGroup: expected options lr, weightDecay, maximize, betas, eps, amsgrad, epsHat, biasCorrection, got "momentum".',
    ],
    [
      "a value",
      () => new SGD([known]),
      { params: [leaf(1)], lr: -1 },
      ValueError,
      "SGD.addParamGroup: expected lr ≥ 0",
    ],
    ["integers", () => new SGD([known]), { params: [tensor([1], { dtype: "int32" })] }, DTypeError, "got int32."],
    ["vectors", () => new Muon([matrix]), { params: [leaf(1)] }, ShapeError, "Muon: expected matrices"],
    [
      "a generator that is used up",
      () => new SGD([known]),
      { params: [].values() },
      ValueError,
      "SGD.addParamGroup: expected at least one parameter, got none. A generator",
    ],
  ])("refuses %s and changes nothing", (_name, make, group, type, message) => {
    const optimizer = make();
    const before = optimizer.stateDict();
    const add = (): void => optimizer.addParamGroup(group as { params: Tensor[] });
    expect(add).toThrow(type);
    expect(add).toThrow(message);
    expect(optimizer.stateDict()).toEqual(before);
  });
});

describe("schedules and groups that are added", () => {
  it("go on with the new rate as base, whether they were made before or after", () => {
    const optimizer = new SGD([leaf(1)], { lr: 1 });
    const early = new StepLR(optimizer, { stepSize: 2, gamma: 0.5 });
    early.step();
    optimizer.addParamGroup({ params: [leaf(2)], lr: 8 });
    expect([lrs(optimizer), early.stateDict().baseLrs]).toEqual([
      [1, 8],
      [1, 8],
    ]);
    early.step();
    expect([lrs(optimizer), optimizer.groups.map(({ initialLr }) => initialLr)]).toEqual([
      [0.5, 4],
      [1, 8],
    ]);
    const late = new StepLR(optimizer, { stepSize: 1, gamma: 0.25 });
    late.step();
    expect(lrs(optimizer)).toEqual([0.25, 2]);
    const saved = early.stateDict();
    early.moveTo(0);
    early.loadStateDict(saved);
    expect(lrs(optimizer)).toEqual([0.5, 4]);
  });

  it("join in the middle of a sequence", () => {
    const optimizer = new SGD([leaf(1)], { lr: 1 });
    const schedules = [
      new LinearLR(optimizer, { startFactor: 0.5, totalIters: 2 }),
      new StepLR(optimizer, { stepSize: 1, gamma: 0.5 }),
    ];
    const schedule = new SequentialLR(optimizer, { schedules, milestones: [2] });
    schedule.step();
    optimizer.addParamGroup({ params: [leaf(2)], lr: 4 });
    const seen = [lrs(optimizer)];
    for (let i = 0; i < 3; i++) {
      schedule.step();
      seen.push(lrs(optimizer));
    }
    expect(seen).toEqual([
      [0.75, 4],
      [1, 4],
      [0.5, 2],
      [0.25, 1],
    ]);
    const saved = schedule.stateDict();
    schedule.moveTo(0);
    schedule.loadStateDict(saved);
    expect([lrs(optimizer), schedule.stateDict()]).toEqual([[0.25, 1], saved]);
  });

  it("refuse a group that has no option of its own, and stay as they are", () => {
    const optimizer = new SGD([leaf(1)], { lr: 1, momentum: 0.9 });
    const cyclic = new CyclicLR(optimizer, { baseLr: [0], maxLr: 1, stepSizeUp: 4 });
    const plateau = new ReduceLROnPlateau(optimizer, { minLr: [0], patience: 0 });
    optimizer.addParamGroup({ params: [leaf(2)] });
    const before = lrs(optimizer);
    expect(() => cyclic.step()).toThrow("CyclicLR: expected baseLr to be a number or one per group (2), got [0].");
    expect(() => plateau.step(1)).toThrow("ReduceLROnPlateau: expected minLr to be a number or one per group (2)");
    expect([lrs(optimizer), cyclic.stepCount, plateau.stateDict().best]).toEqual([before, 0, null]);
  });

  it("refuse to move a momentum that the new group has not", () => {
    const optimizer = new SGD([leaf(1)], { lr: 1, momentum: 0.9 });
    const cyclic = new CyclicLR(optimizer, { baseLr: 0, maxLr: 1, stepSizeUp: 4 });
    optimizer.addParamGroup({ params: [leaf(2)], momentum: 0 });
    expect(() => cyclic.step()).toThrow("CyclicLR: expected an optimizer with momentum, got one without.");
    expect(cyclic.stepCount).toBe(0);
  });
});
