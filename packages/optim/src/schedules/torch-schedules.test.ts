import { tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { fixtures, gap } from "../../test/torch/fixtures.ts";
import { SGD } from "../algorithms/sgd.ts";
import { ChainedScheduler } from "./chained-scheduler.ts";
import { CosineAnnealingLR } from "./cosine-annealing-lr.ts";
import { CosineAnnealingWarmRestarts } from "./cosine-annealing-warm-restarts.ts";
import { CyclicLR } from "./cyclic-lr.ts";
import { ExponentialLR } from "./exponential-lr.ts";
import { LambdaLR } from "./lambda-lr.ts";
import { MultiplicativeLR } from "./multiplicative-lr.ts";
import { OneCycleLR } from "./one-cycle-lr.ts";
import type { Schedule } from "./schedule.ts";
import { SequentialLR } from "./sequential-lr.ts";
import { SWALR } from "./swa-lr.ts";

const twoGroups = (): SGD =>
  new SGD([{ params: [tensor([0])] }, { params: [tensor([0])], lr: 0.05 }], { lr: 0.1, momentum: 0.9 });
const momenta = { baseMomentum: [0.7, 0.8], maxMomentum: [0.9, 0.95] };

/** The schedules of make-fixtures.py. */
const schedules: Readonly<Record<string, (o: SGD) => Schedule>> = {
  LambdaLR: (o) => new LambdaLR(o, { lrLambda: (t) => 1 / (1 + 0.3 * t) }),
  "LambdaLR per group": (o) => new LambdaLR(o, { lrLambda: [(t) => t / 10, (t) => 0.95 ** t] }),
  MultiplicativeLR: (o) => new MultiplicativeLR(o, { lrLambda: (t) => (t % 3 === 0 ? 1.1 : 0.9) }),
  "MultiplicativeLR per group": (o) => new MultiplicativeLR(o, { lrLambda: [() => 0.95, (t) => 1 - 1 / (t + 3)] }),
  SWALR: (o) => new SWALR(o, { swaLr: 0.02 }),
  "SWALR linear": (o) => new SWALR(o, { swaLr: 0.02, annealEpochs: 7, annealStrategy: "linear" }),
  "SWALR at once": (o) => new SWALR(o, { swaLr: 0.02, annealEpochs: 0 }),
  CosineAnnealingWarmRestarts: (o) => new CosineAnnealingWarmRestarts(o, { t0: 5, etaMin: 0.01 }),
  "CosineAnnealingWarmRestarts longer each time": (o) => new CosineAnnealingWarmRestarts(o, { t0: 5, tMult: 2 }),
  "CyclicLR with a function of the cycle": (o) =>
    new CyclicLR(o, { baseLr: 0.01, maxLr: [0.1, 0.2], stepSizeUp: 3, scaleFn: (x) => 1 / x }),
  "CyclicLR with a function of the step": (o) =>
    new CyclicLR(o, {
      baseLr: 0.01,
      maxLr: [0.1, 0.2],
      stepSizeUp: 3,
      stepSizeDown: 2,
      scaleFn: (x) => Math.exp(-x / 9),
      scaleMode: "iterations",
      ...momenta,
    }),
  OneCycleLR: (o) => new OneCycleLR(o, { maxLr: [0.1, 0.2], totalSteps: 25, ...momenta }),
};

const ofGroups = (o: SGD): number[][] => [
  o.groups.map(({ lr }) => lr.item()),
  o.groups.map(({ momentum }) => momentum!.item()),
];

// The row of two schedules has a test of its own.
const rows = fixtures.schedules.filter(({ name }) => name in schedules);

describe.each(rows)("$name", ({ name, positions, rates }) => {
  const make = schedules[name]!;

  it("has the rates and momenta that PyTorch has", () => {
    const optimizer = twoGroups();
    const schedule = make(optimizer);
    rates.forEach((want, t) => {
      if (t > 0 && positions === null) schedule.step();
      if (t > 0 && positions !== null) schedule.moveTo(positions[t - 1]!);
      expect(gap(ofGroups(optimizer), want), `step ${t}`).toBeLessThan(1e-14);
    });
  });

  it("resumes from every step", () => {
    const whole = make(twoGroups());
    for (let t = 1; t < rates.length - 1; t++) {
      if (positions === null) whole.step();
      else whole.moveTo(positions[t - 1]!);
      const resumed = make(twoGroups());
      resumed.loadStateDict(structuredClone(whole.stateDict()));
      expect(resumed.lrs).toEqual(whole.lrs);
      expect(resumed.stateDict()).toEqual(whole.stateDict());
    }
  });
});

it("has a schedule for every row", () => {
  expect(fixtures.schedules.map(({ name }) => name).toSorted()).toEqual(
    [...Object.keys(schedules), "SWALR after a cosine"].toSorted(),
  );
});

describe("SWALR", () => {
  const row = fixtures.schedules.find(({ name }) => name === "SWALR after a cosine")!;

  it("begins at the rate that the other schedule has left, as in PyTorch, and resumes there", () => {
    const optimizer = twoGroups();
    const cosine = new CosineAnnealingLR(optimizer, { tMax: 10 });
    const swa = new SWALR(optimizer, { swaLr: [0.02, 0.03], annealEpochs: 6 });
    row.rates.forEach(([want], t) => {
      if (t > 0) (t <= 5 ? cosine : swa).step();
      expect(gap(swa.lrs, want), `step ${t}`).toBeLessThan(1e-14);
      const other = twoGroups();
      const resumed = new SWALR(other, { swaLr: [0.02, 0.03], annealEpochs: 6 });
      other.loadStateDict(optimizer.stateDict());
      resumed.loadStateDict(structuredClone(swa.stateDict()));
      expect(resumed.lrs).toEqual(swa.lrs);
      // Its base is no base of others.
      expect(other.groups.map(({ initialLr }) => initialLr)).toEqual([0.1, 0.05]);
      resumed.step();
      if (t > 5 && t < row.rates.length - 1) expect(gap(resumed.lrs, row.rates[t + 1]![0])).toBeLessThan(1e-14);
    });
  });

  it("begins in a sequence where the schedule before has left the rate, whatever step comes first", () => {
    const make = (): SequentialLR => {
      const optimizer = new SGD([tensor([0])], { lr: 1 });
      const halves = new ExponentialLR(optimizer, { gamma: 0.5 });
      const swa = new SWALR(optimizer, { swaLr: 0.125, annealEpochs: 2, annealStrategy: "linear" });
      return new SequentialLR(optimizer, { schedules: [halves, swa], milestones: [3] });
    };
    const [stepped, moved] = [make(), make()];
    const want = [1, 0.5, 0.25, 0.25, 0.1875, 0.125, 0.125];
    want.forEach((rate, t) => {
      if (t > 0) stepped.step();
      expect(stepped.lrs, `step ${t}`).toEqual([rate]);
      const resumed = make();
      resumed.loadStateDict(structuredClone(stepped.stateDict()));
      expect(resumed.lrs, `resumed at ${t}`).toEqual([rate]);
    });
    for (const t of [5, 1, 4, 3, 6, 2]) {
      moved.moveTo(t);
      expect(moved.lrs, `moved to ${t}`).toEqual([want[t]]);
    }
  });

  it("goes back to where it began", () => {
    const optimizer = twoGroups();
    const swa = new SWALR(optimizer, { swaLr: 0.02 });
    optimizer.lr = 0.5;
    swa.moveTo(4);
    swa.moveTo(0);
    expect(swa.lrs).toEqual([0.5, 0.5]);
  });
});

it("MultiplicativeLR goes back as it came", () => {
  const schedule = new MultiplicativeLR(twoGroups(), { lrLambda: (t) => 1 / (1 + t) });
  const rates = [0, 1, 2, 3, 4].map((t) => (schedule.moveTo(t), schedule.lrs));
  expect([4, 3, 1, 2, 0].map((t) => (schedule.moveTo(t), schedule.lrs))).toEqual([4, 3, 1, 2, 0].map((t) => rates[t]));
});

it("a chain whose last part throws leaves the first where it was", () => {
  const optimizer = twoGroups();
  const first = new ExponentialLR(optimizer, { gamma: 0.5 });
  const last = new LambdaLR(optimizer, { lrLambda: (t) => (t === 1 ? NaN : 1) });
  const chain = new ChainedScheduler(optimizer, { schedules: [first, last] });
  expect(() => chain.step()).toThrow("LambdaLR: expected lrLambda(1) ≥ 0, got NaN.");
  expect([chain.stepCount, first.stepCount, optimizer.lr]).toEqual([0, 0, 0.1]);
});

describe("fractional steps", () => {
  it.each([
    ["SequentialLR", (o: SGD, parts: Schedule[]) => new SequentialLR(o, { schedules: parts, milestones: [3] })],
    ["ChainedScheduler", (o: SGD, parts: Schedule[]) => new ChainedScheduler(o, { schedules: parts })],
  ])("are none of %s: it refuses them, and surplus arguments, before it moves its parts", (name, combine) => {
    const optimizer = twoGroups();
    const parts = [0, 1].map(() => new CosineAnnealingWarmRestarts(optimizer, { t0: 4 }));
    const whole = combine(optimizer, parts);
    whole.moveTo(1);
    const before = [whole.stateDict(), ofGroups(optimizer)];
    expect(() => whole.moveTo(1.5)).toThrow(`${name}: expected step to be a whole number ≥ 0, got 1.5.`);
    expect(() => whole.moveTo(...([2, 3] as unknown as [number]))).toThrow();
    expect([whole.stateDict(), ofGroups(optimizer)]).toEqual(before);
  });

  it("go on from where they are, and are part of the state", () => {
    const [one, other] = [0, 1].map(() => new CosineAnnealingWarmRestarts(twoGroups(), { t0: 4 }));
    one!.moveTo(1.5);
    other!.loadStateDict(structuredClone(one!.stateDict()));
    for (const schedule of [one!, other!]) {
      schedule.step();
      expect(schedule.stepCount).toBe(2.5);
      expect(schedule.lrs[0]).toBeCloseTo((0.1 * (1 + Math.cos((2.5 / 4) * Math.PI))) / 2, 15);
    }
  });
});
