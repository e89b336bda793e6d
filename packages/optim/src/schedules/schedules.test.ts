import { tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Adam } from "../algorithms/adam.ts";
import { SGD } from "../algorithms/sgd.ts";
import { ChainedScheduler } from "./chained-scheduler.ts";
import { ConstantLR } from "./constant-lr.ts";
import { CosineAnnealingLR } from "./cosine-annealing-lr.ts";
import { CosineAnnealingWarmRestarts } from "./cosine-annealing-warm-restarts.ts";
import { CyclicLR, type CyclicLROptions } from "./cyclic-lr.ts";
import { ExponentialLR } from "./exponential-lr.ts";
import { LambdaLR } from "./lambda-lr.ts";
import { LinearLR } from "./linear-lr.ts";
import { MultiplicativeLR } from "./multiplicative-lr.ts";
import { MultiStepLR } from "./multi-step-lr.ts";
import { OneCycleLR, type OneCycleLROptions } from "./one-cycle-lr.ts";
import { PolynomialLR } from "./polynomial-lr.ts";
import type { Schedule } from "./schedule.ts";
import { SequentialLR } from "./sequential-lr.ts";
import { StepLR } from "./step-lr.ts";

/** An optimizer of two groups whose rates differ by a factor of two. */
const twoGroups = (): SGD =>
  new SGD([{ params: [tensor([0])] }, { params: [tensor([0])], lr: 0.05 }], { lr: 0.1, momentum: 0.9 });

interface Row {
  readonly name: string;
  readonly make: (optimizer: SGD) => Schedule;
  /** The rate after t steps, as a multiple of the base rate. */
  readonly factor: (t: number) => number;
}

const { cos, floor, min, PI } = Math;
const half = (t: number, period: number): number => (1 + cos((PI * t) / period)) / 2;

const rows: readonly Row[] = [
  { name: "StepLR", make: (o) => new StepLR(o, { stepSize: 7 }), factor: (t) => 0.1 ** floor(t / 7) },
  { name: "StepLR 0.5", make: (o) => new StepLR(o, { stepSize: 3, gamma: 0.5 }), factor: (t) => 0.5 ** floor(t / 3) },
  {
    name: "MultiStepLR",
    make: (o) => new MultiStepLR(o, { milestones: [20, 3, 3], gamma: 0.5 }),
    factor: (t) => (t < 3 ? 1 : t < 20 ? 0.25 : 0.125),
  },
  { name: "ExponentialLR", make: (o) => new ExponentialLR(o, { gamma: 0.9 }), factor: (t) => 0.9 ** t },
  { name: "CosineAnnealingLR", make: (o) => new CosineAnnealingLR(o, { tMax: 15 }), factor: (t) => half(t, 15) },
  {
    name: "CosineAnnealingWarmRestarts",
    make: (o) => new CosineAnnealingWarmRestarts(o, { t0: 10 }),
    factor: (t) => half(t % 10, 10),
  },
  {
    name: "CosineAnnealingWarmRestarts, longer each time",
    make: (o) => new CosineAnnealingWarmRestarts(o, { t0: 5, tMult: 2 }),
    factor: (t) => (t < 5 ? half(t, 5) : t < 15 ? half(t - 5, 10) : t < 35 ? half(t - 15, 20) : half(t - 35, 40)),
  },
  { name: "LinearLR", make: (o) => new LinearLR(o), factor: (t) => 1 / 3 + (min(t, 5) / 5) * (2 / 3) },
  {
    name: "LinearLR down",
    make: (o) => new LinearLR(o, { startFactor: 1, endFactor: 0.2, totalIters: 30 }),
    factor: (t) => 1 - (0.8 * min(t, 30)) / 30,
  },
  {
    name: "LinearLR from 0",
    make: (o) => new LinearLR(o, { startFactor: 0, totalIters: 8 }),
    factor: (t) => min(t, 8) / 8,
  },
  {
    name: "LinearLR from above the peak",
    make: (o) => new LinearLR(o, { startFactor: 3, endFactor: 1.5, totalIters: 10 }),
    factor: (t) => 3 - (1.5 * min(t, 10)) / 10,
  },
  {
    name: "CosineAnnealingLR with an exponent",
    make: (o) => new CosineAnnealingLR(o, { tMax: 15, exponent: 1.7 }),
    factor: (t) => half(t, 15) ** 1.7,
  },
  {
    name: "CosineAnnealingWarmRestarts with shrinking peaks",
    make: (o) => new CosineAnnealingWarmRestarts(o, { t0: 5, tMult: 2, mMul: 0.7 }),
    factor: (t) =>
      t < 5 ? half(t, 5) : t < 15 ? 0.7 * half(t - 5, 10) : t < 35 ? 0.49 * half(t - 15, 20) : 0.343 * half(t - 35, 40),
  },
  {
    name: "CosineAnnealingWarmRestarts of equal lengths with growing peaks",
    make: (o) => new CosineAnnealingWarmRestarts(o, { t0: 10, mMul: 1.1 }),
    factor: (t) => 1.1 ** floor(t / 10) * half(t % 10, 10),
  },
  {
    name: "PolynomialLR that cycles",
    make: (o) => new PolynomialLR(o, { totalIters: 7, power: 1.5, cycle: true }),
    factor: (t) => (1 - t / (7 * Math.max(1, Math.ceil(t / 7)))) ** 1.5,
  },
  {
    name: "LambdaLR",
    make: (o) => new LambdaLR(o, { lrLambda: (t) => 1 / (1 + t) }),
    factor: (t) => 1 / (1 + t),
  },
  {
    name: "MultiplicativeLR in a SequentialLR after a warm-up from 0",
    make: (o) =>
      new SequentialLR(o, {
        schedules: [
          new LinearLR(o, { startFactor: 0, totalIters: 5 }),
          new MultiplicativeLR(o, { lrLambda: (t) => 1 - 1 / (t + 9) }),
        ],
        milestones: [5],
      }),
    // The product telescopes.
    factor: (t) => (t < 5 ? t / 5 : 9 / (t + 4)),
  },
  { name: "ConstantLR", make: (o) => new ConstantLR(o), factor: (t) => (t < 5 ? 1 / 3 : 1) },
  {
    name: "PolynomialLR",
    make: (o) => new PolynomialLR(o, { totalIters: 20, power: 2 }),
    factor: (t) => (1 - min(t, 20) / 20) ** 2,
  },
  {
    name: "ChainedScheduler",
    make: (o) =>
      new ChainedScheduler(o, {
        schedules: [new ConstantLR(o, { factor: 0.1, totalIters: 3 }), new ExponentialLR(o, { gamma: 0.9 })],
      }),
    factor: (t) => (t < 3 ? 0.1 : 1) * 0.9 ** t,
  },
  {
    name: "ChainedScheduler of SequentialLR",
    make: (o) =>
      new ChainedScheduler(o, {
        schedules: [
          new StepLR(o, { stepSize: 10, gamma: 0.5 }),
          new SequentialLR(o, {
            schedules: [new LinearLR(o, { startFactor: 0.5 }), new ExponentialLR(o, { gamma: 0.9 })],
            milestones: [5],
          }),
        ],
      }),
    factor: (t) => 0.5 ** floor(t / 10) * (t < 5 ? 0.5 + 0.1 * t : 0.9 ** (t - 5)),
  },
  {
    name: "SequentialLR",
    make: (o) =>
      new SequentialLR(o, {
        schedules: [
          new LinearLR(o, { startFactor: 0.1, totalIters: 4 }),
          new StepLR(o, { stepSize: 6, gamma: 0.5 }),
          new ExponentialLR(o, { gamma: 0.8 }),
        ],
        milestones: [4, 22],
      }),
    factor: (t) => (t < 4 ? 0.1 + 0.9 * (t / 4) : t < 22 ? 0.5 ** floor((t - 4) / 6) : 0.8 ** (t - 22)),
  },
];

describe.each(rows)("$name", ({ make, factor }) => {
  it("follows its formula for 40 steps, in every group", () => {
    const optimizer = twoGroups();
    const schedule = make(optimizer);
    for (let t = 0; t <= 40; t++) {
      if (t > 0) schedule.step();
      expect(schedule.stepCount).toBe(t);
      const [first, second] = schedule.lrs as [number, number];
      expect(first).toBeCloseTo(0.1 * factor(t), 14);
      expect(second).toBeCloseTo(0.05 * factor(t), 14);
      expect(optimizer.lr).toBe(first);
    }
  });

  it("resumes from every step", () => {
    const whole = make(twoGroups());
    for (let t = 0; t < 30; t++, whole.step()) {
      const resumed = make(twoGroups());
      resumed.loadStateDict(structuredClone(whole.stateDict()));
      expect(resumed.lrs).toEqual(whole.lrs);
      expect(resumed.stateDict()).toEqual(whole.stateDict());
    }
  });
});

describe("bases", () => {
  it("etaMin bounds the cosine from below", () => {
    const schedule = new CosineAnnealingLR(twoGroups(), { tMax: 10, etaMin: 0.01 });
    schedule.moveTo(10);
    expect(schedule.lrs[0]).toBeCloseTo(0.01, 15);
    schedule.moveTo(5);
    expect(schedule.lrs[0]).toBeCloseTo(0.055, 15);
  });

  it("endLr, etaMin and mMul are of rates, not of factors of them", () => {
    const polynomial = new PolynomialLR(twoGroups(), { totalIters: 10, power: 2, endLr: 0.02 });
    polynomial.moveTo(4);
    expect(polynomial.lrs[0]).toBeCloseTo(0.02 + 0.08 * 0.36, 15);
    polynomial.moveTo(99);
    expect(polynomial.lrs).toEqual([0.02, 0.02]);
    const rising = new PolynomialLR(twoGroups(), { totalIters: 10, endLr: 0.2, cycle: true });
    rising.moveTo(15);
    expect(rising.lrs[0]).toBeCloseTo(0.2 - 0.1 * 0.25, 15);
    const cosine = new CosineAnnealingLR(twoGroups(), { tMax: 10, etaMin: 0.01, exponent: 2 });
    cosine.moveTo(5);
    expect(cosine.lrs[0]).toBeCloseTo(0.01 + 0.09 * 0.25, 15);
    const restarts = new CosineAnnealingWarmRestarts(twoGroups(), { t0: 10, etaMin: 0.01, mMul: 0.5 });
    restarts.moveTo(15);
    expect(restarts.lrs[0]).toBeCloseTo(0.01 + 0.09 * 0.5 * 0.5, 15);
  });

  it("is the optimizer's own rate, even for a schedule made after another one", () => {
    const optimizer = twoGroups();
    expect(new LinearLR(optimizer, { startFactor: 0.5 }).lrs).toEqual([0.05, 0.025]);
    expect(new ExponentialLR(optimizer, { gamma: 0.5 }).lrs).toEqual([0.1, 0.05]);
  });

  it("survives saving and loading the optimizer", () => {
    const optimizer = twoGroups();
    new ExponentialLR(optimizer, { gamma: 0.5 }).moveTo(3);
    const other = twoGroups();
    other.loadStateDict(optimizer.stateDict());
    expect(other.groups.map((group) => [group.initialLr, group.lr.item()])).toEqual([
      [0.1, 0.0125],
      [0.05, 0.00625],
    ]);
  });
});

describe("OneCycleLR", () => {
  const cosine = (from: number, to: number, part: number): number => to + ((from - to) / 2) * (1 + cos(PI * part));
  const line = (from: number, to: number, part: number): number => from + (to - from) * part;

  it.each<[OneCycleLROptions, readonly number[], typeof line]>([
    [{ maxLr: 0.5, totalSteps: 45 }, [12.5, 44], cosine],
    [{ maxLr: 0.5, totalSteps: 40, pctStart: 0.25, annealStrategy: "linear" }, [9, 39], line],
    [{ maxLr: 0.5, epochs: 5, stepsPerEpoch: 10, threePhase: true }, [14, 28, 49], cosine],
  ])("%j", (options, ends, anneal) => {
    const optimizer = new SGD([tensor([0])], { lr: 0.1, momentum: 0.9 });
    const schedule = new OneCycleLR(optimizer, options);
    const last = ends.at(-1)!;
    const rates = options.threePhase === true ? [0.02, 0.5, 0.02, 2e-6] : [0.02, 0.5, 2e-6];
    const momenta = options.threePhase === true ? [0.95, 0.85, 0.95, 0.95] : [0.95, 0.85, 0.95];
    for (let t = 0; t <= last; t++) {
      if (t > 0) schedule.step();
      const phase = ends.findIndex((end) => t <= end);
      const start = phase === 0 ? 0 : ends[phase - 1]!;
      const part = (t - start) / (ends[phase]! - start);
      const at = (levels: number[]): number => anneal(levels[phase]!, levels[phase + 1]!, part);
      expect(optimizer.lr).toBeCloseTo(at(rates), 14);
      expect(optimizer.groups[0]?.momentum?.item()).toBeCloseTo(at(momenta), 14);
    }
    schedule.step();
    expect(optimizer.lr).toBeCloseTo(2e-6, 14);
    expect(() => schedule.step()).toThrow(`OneCycleLR: expected at most ${last + 1} steps, got ${last + 2}.`);
    expect(schedule.stepCount).toBe(last + 1);
  });

  it("cycles β₁ of Adam, or leaves it alone", () => {
    const optimizer = new Adam([tensor([0])]);
    expect(new OneCycleLR(optimizer, { maxLr: [0.1], totalSteps: 10 }).lrs[0]).toBeCloseTo(0.004, 14);
    expect(optimizer.groups[0]?.momentum?.item()).toBe(0.95);
    const other = new Adam([tensor([0])]);
    expect(new OneCycleLR(other, { maxLr: 0.1, totalSteps: 10, cycleMomentum: false }).stepCount).toBe(0);
    expect(other.groups[0]?.momentum?.item()).toBe(0.9);
  });
});

describe("CyclicLR", () => {
  const triangle = (t: number, up: number, down: number): number => {
    const place = t % (up + down);
    return place < up ? place / up : 1 - (place - up) / down;
  };
  it.each<[Omit<CyclicLROptions, "baseLr" | "maxLr">, (t: number) => number]>([
    [{ stepSizeUp: 5 }, (t) => triangle(t, 5, 5)],
    [{ stepSizeUp: 4, stepSizeDown: 8, mode: "triangular2" }, (t) => triangle(t, 4, 8) / 2 ** floor(t / 12)],
    [{ stepSizeUp: 6, mode: "exp_range", gamma: 0.97 }, (t) => triangle(t, 6, 6) * 0.97 ** t],
  ])("%j", (options, rise) => {
    const optimizer = twoGroups();
    const schedule = new CyclicLR(optimizer, { baseLr: 0.01, maxLr: [0.1, 0.2], ...options });
    for (let t = 0; t <= 40; t++) {
      if (t > 0) schedule.step();
      expect(schedule.lrs[0]).toBeCloseTo(0.01 + 0.09 * rise(t), 14);
      expect(schedule.lrs[1]).toBeCloseTo(0.01 + 0.19 * rise(t), 14);
      expect(optimizer.groups[1]?.momentum?.item()).toBeCloseTo(0.9 - 0.1 * rise(t), 14);
    }
    const resumed = new CyclicLR(twoGroups(), { baseLr: 0.01, maxLr: [0.1, 0.2], ...options });
    resumed.loadStateDict(structuredClone(schedule.stateDict()));
    expect(resumed.lrs).toEqual(schedule.lrs);
  });

  it("leaves the momentum alone if asked to", () => {
    const optimizer = new SGD([tensor([0])], { lr: 0.1 });
    new CyclicLR(optimizer, { baseLr: 0, maxLr: 1, cycleMomentum: false }).moveTo(2000);
    expect(optimizer.lr).toBe(1);
  });
});
