import { tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { SGD } from "../algorithms/sgd.ts";
import * as s from "../index.ts";

const o = new SGD([tensor([0])], { lr: 1 });
const withMomentum = new SGD([tensor([0])], { lr: 1, momentum: 0.5 });

describe("errors of schedules", () => {
  it.each<[string, () => unknown, string]>([
    [
      "optimizer",
      () => new s.StepLR({} as SGD, { stepSize: 1 }),
      "StepLR: expected optimizer to be an Optimizer, got {}.",
    ],
    [
      "options",
      () => new s.StepLR(o, undefined as never),
      "StepLR: expected options such as { stepSize: ... }, got undefined.",
    ],
    [
      "option",
      () => new s.StepLR(o, { stepSize: 1, step_size: 1 } as never),
      'StepLR: expected options stepSize, gamma, got "step_size".',
    ],
    ["stepSize", () => new s.StepLR(o, { stepSize: 0 }), "StepLR: expected stepSize to be a whole number ≥ 1, got 0."],
    ["gamma", () => new s.StepLR(o, { stepSize: 1, gamma: -1 }), "StepLR: expected gamma ≥ 0, got -1."],
    [
      "milestones",
      () => new s.MultiStepLR(o, { milestones: 3 as never }),
      "MultiStepLR: expected milestones to be a list of values, each a whole number ≥ 0, got 3.",
    ],
    [
      "milestone",
      () => new s.MultiStepLR(o, { milestones: [1.5] }),
      "MultiStepLR: expected milestones to be a list of values, each a whole number ≥ 0, got [1.5].",
    ],
    ["exponential", () => new s.ExponentialLR(o, {} as never), "ExponentialLR: expected gamma ≥ 0, got undefined."],
    [
      "cosine",
      () => new s.CosineAnnealingLR(o, { tMax: 2.5 }),
      "CosineAnnealingLR: expected tMax to be a whole number ≥ 1, got 2.5.",
    ],
    [
      "restarts",
      () => new s.CosineAnnealingWarmRestarts(o, { t0: 1, tMult: 0 }),
      "CosineAnnealingWarmRestarts: expected tMult to be a whole number ≥ 1, got 0.",
    ],
    ["linear start", () => new s.LinearLR(o, { startFactor: -1 }), "LinearLR: expected startFactor ≥ 0, got -1."],
    ["linear end", () => new s.LinearLR(o, { endFactor: NaN }), "LinearLR: expected endFactor ≥ 0, got NaN."],
    [
      "restarts' peaks",
      () => new s.CosineAnnealingWarmRestarts(o, { t0: 1, mMul: 0 }),
      "CosineAnnealingWarmRestarts: expected mMul > 0, got 0.",
    ],
    [
      "cosine exponent",
      () => new s.CosineAnnealingLR(o, { tMax: 1, exponent: 0 }),
      "CosineAnnealingLR: expected exponent > 0, got 0.",
    ],
    ["polynomial end", () => new s.PolynomialLR(o, { endLr: -1 }), "PolynomialLR: expected endLr ≥ 0, got -1."],
    [
      "no function",
      () => new s.LambdaLR(o, { lrLambda: 0.5 as never }),
      "LambdaLR: expected lrLambda to be a function, or a list of such values, got 0.5.",
    ],
    [
      "functions",
      () => new s.LambdaLR(o, { lrLambda: [() => 1, () => 2] }),
      "LambdaLR: expected lrLambda to be a function or one per group (1), got [a function, a function].",
    ],
    ["factor", () => new s.LambdaLR(o, { lrLambda: (t) => t - 1 }), "LambdaLR: expected lrLambda(0) ≥ 0, got -1."],
    [
      "product",
      () => new s.MultiplicativeLR(o, { lrLambda: (t) => 2 - t }).moveTo(3),
      "MultiplicativeLR: expected lrLambda(3) ≥ 0, got -1.",
    ],
    [
      "averaging rate",
      () => new s.SWALR(o, { swaLr: [1, 2] }),
      "SWALR: expected swaLr to be a number or one per group (1), got [1, 2].",
    ],
    [
      "averaging steps",
      () => new s.SWALR(o, { swaLr: 1, annealEpochs: 0.5 }),
      "SWALR: expected annealEpochs to be a whole number ≥ 0, got 0.5.",
    ],
    [
      "cyclic height",
      () => new s.CyclicLR(withMomentum, { baseLr: 0, maxLr: 1, scaleFn: () => NaN }),
      "CyclicLR: expected scaleFn(1) ≥ 0, got NaN.",
    ],
    [
      "cyclic momenta",
      () => new s.CyclicLR(withMomentum, { baseLr: 0, maxLr: 1, baseMomentum: [0.1, 0.2] }),
      "CyclicLR: expected baseMomentum to be a number or one per group (1), got [0.1, 0.2].",
    ],
    [
      "one cycle's momenta",
      () => new s.OneCycleLR(withMomentum, { maxLr: 1, totalSteps: 5, maxMomentum: [] }),
      "OneCycleLR: expected maxMomentum to be a number or one per group (1), got [].",
    ],
    ["constant", () => new s.ConstantLR(o, { factor: 2 }), "ConstantLR: expected factor in [0, 1], got 2."],
    [
      "polynomial",
      () => new s.PolynomialLR(o, { totalIters: 0 }),
      "PolynomialLR: expected totalIters to be a whole number ≥ 1, got 0.",
    ],
    [
      "sequence",
      () => new s.SequentialLR(o, { schedules: [], milestones: [] }),
      "SequentialLR: expected at least one schedule, got none.",
    ],
    [
      "sequence length",
      () => new s.SequentialLR(o, { schedules: [new s.LinearLR(o)], milestones: [1] }),
      "SequentialLR: expected 0 milestones, got 1.",
    ],
    [
      "sequence order",
      () =>
        new s.SequentialLR(o, {
          schedules: [new s.LinearLR(o), new s.LinearLR(o), new s.LinearLR(o)],
          milestones: [4, 4],
        }),
      "SequentialLR: expected ascending milestones, got [4, 4].",
    ],
    [
      "sequence owner",
      () => new s.SequentialLR(o, { schedules: [new s.LinearLR(withMomentum)], milestones: [] }),
      "SequentialLR: expected schedules of the same optimizer, got one of another.",
    ],
    [
      "cycle length",
      () => new s.OneCycleLR(withMomentum, { maxLr: 1 }),
      "OneCycleLR: expected totalSteps, or epochs and stepsPerEpoch, got neither.",
    ],
    [
      "cycle rates",
      () => new s.OneCycleLR(withMomentum, { maxLr: [1, 2], totalSteps: 5 }),
      "OneCycleLR: expected maxLr to be a number or one per group (1), got [1, 2].",
    ],
    [
      "cycle shape",
      () => new s.OneCycleLR(withMomentum, { maxLr: 1, totalSteps: 5, annealStrategy: "sin" as "cos" }),
      "OneCycleLR: expected annealStrategy cos or linear, got sin.",
    ],
    [
      "cycle start",
      () => new s.OneCycleLR(withMomentum, { maxLr: 1, totalSteps: 5, pctStart: 2 }),
      "OneCycleLR: expected pctStart in [0, 1], got 2.",
    ],
    [
      "cycle momentum",
      () => new s.OneCycleLR(o, { maxLr: 1, totalSteps: 5 }),
      "OneCycleLR: expected an optimizer with momentum, got one without. Set cycleMomentum to false.",
    ],
    [
      "cyclic rate",
      () => new s.CyclicLR(o, { baseLr: -1, maxLr: 1 }),
      "CyclicLR: expected baseLr ≥ 0, or a list of such values, got -1.",
    ],
    [
      "cyclic rates",
      () => new s.CyclicLR(o, { baseLr: 0, maxLr: [1, 2] }),
      "CyclicLR: expected maxLr to be a number or one per group (1), got [1, 2].",
    ],
    [
      "cyclic steps",
      () => new s.CyclicLR(o, { baseLr: 0, maxLr: 1, stepSizeUp: 0 }),
      "CyclicLR: expected stepSizeUp to be a whole number ≥ 1, got 0.",
    ],
    [
      "cyclic mode",
      () => new s.CyclicLR(o, { baseLr: 0, maxLr: 1, mode: "square" as "triangular" }),
      "CyclicLR: expected mode triangular, triangular2 or exp_range, got square.",
    ],
    [
      "cyclic gamma",
      () => new s.CyclicLR(o, { baseLr: 0, maxLr: 1, gamma: 0 }),
      "CyclicLR: expected gamma > 0, got 0.",
    ],
    [
      "cyclic range",
      () => new s.CyclicLR(withMomentum, { baseLr: 0, maxLr: 1, maxMomentum: 1 }),
      "CyclicLR: expected maxMomentum in [0, 1), or a list of such values, got 1.",
    ],
    [
      "cyclic momentum",
      () => new s.CyclicLR(o, { baseLr: 0, maxLr: 1 }),
      "CyclicLR: expected an optimizer with momentum, got one without. Set cycleMomentum to false.",
    ],
    [
      "chain",
      () => new s.ChainedScheduler(o, { schedules: [] }),
      "ChainedScheduler: expected at least one schedule, got none.",
    ],
    [
      "chain owner",
      () => new s.ChainedScheduler(o, { schedules: [new s.LinearLR(withMomentum)] }),
      "ChainedScheduler: expected schedules of the same optimizer, got one of another.",
    ],
    [
      "plateau mode",
      () => new s.ReduceLROnPlateau(o, { mode: "low" as "min" }),
      "ReduceLROnPlateau: expected mode min or max, got low.",
    ],
    [
      "plateau factor",
      () => new s.ReduceLROnPlateau(o, { factor: 1 }),
      "ReduceLROnPlateau: expected factor in [0, 1), got 1.",
    ],
    [
      "plateau optimizer",
      () => new s.ReduceLROnPlateau(3 as never),
      "ReduceLROnPlateau: expected optimizer to be an Optimizer, got 3.",
    ],
    [
      "plateau bounds",
      () => new s.ReduceLROnPlateau(o, { minLr: [0, 0] }),
      "ReduceLROnPlateau: expected minLr to be a number or one per group (1), got [0, 0].",
    ],
    [
      "plateau option",
      () => new s.ReduceLROnPlateau(o, { wait: 1 } as object),
      'ReduceLROnPlateau: expected options mode, factor, patience, threshold, thresholdMode, cooldown, minLr, eps, got "wait".',
    ],
  ])("%s", (_name, call, message) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(message);
    expect(o.lr === 1 || o.groups[0]?.initialLr === 1).toBe(true);
  });

  it("refuses a state that does not fit, and changes nothing", () => {
    const optimizer = new SGD([tensor([0])], { lr: 1 });
    const schedule = new s.ExponentialLR(optimizer, { gamma: 0.5 });
    schedule.step();
    for (const [state, message] of [
      [
        { stepCount: -1, baseLrs: [1] },
        "ExponentialLR.loadStateDict: expected stepCount to be a whole number ≥ 0, got -1.",
      ],
      [{ stepCount: 1, baseLrs: [1, 2] }, "ExponentialLR.loadStateDict: expected 1 base rates, got 2."],
      [
        { stepCount: 1, baseLrs: [NaN] },
        "ExponentialLR.loadStateDict: expected baseLrs to be a list of values, each ≥ 0, got [NaN].",
      ],
    ] as const) {
      expect(() => schedule.loadStateDict(state)).toThrow(message);
      expect(schedule.stateDict()).toEqual({ stepCount: 1, baseLrs: [1] });
      expect(optimizer.lr).toBe(0.5);
    }
    expect(() => schedule.moveTo(0.5)).toThrow("ExponentialLR: expected step to be a whole number ≥ 0, got 0.5.");
  });
});
