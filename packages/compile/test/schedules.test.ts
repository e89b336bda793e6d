import "@tapegrad/autograd";
import { LambdaLR, OneCycleLR, ReduceLROnPlateau, SequentialLR, SGD, StepLR, SWALR } from "@tapegrad/optim";
import { CompileError, tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { matrix } from "./matrix.ts";
import { bothWays, expectSameAsEager, snapshot } from "./same-as-eager.ts";

describe("what a schedule counts", () => {
  it("is the same of functions, and one that begins where another has left the rate", () => {
    expectSameAsEager((wrap) => {
      const w = matrix();
      const optimizer = new SGD([w], { lr: 0.2 });
      const before = new LambdaLR(optimizer, { lrLambda: (t) => 1 / (1 + t) });
      const last = new SWALR(optimizer, { swaLr: 0.05, annealEpochs: 3 });
      const step = wrap((isLast: boolean) => {
        optimizer.zeroGrad();
        w.square().sum().backward();
        optimizer.step();
        (isLast ? last : before).step();
      });
      return [false, false, true, true, true, true].map((isLast) => {
        step(isLast);
        return [snapshot(w), optimizer.lr];
      });
    });
  });

  it.each<[string, (schedule: SequentialLR, optimizer: SGD) => unknown]>([
    ["its step", (schedule) => schedule.stepCount],
    ["its state", (schedule) => schedule.stateDict()],
    ["its rates", (schedule) => schedule.lrs],
    ["the rate", (_schedule, optimizer) => optimizer.lr],
  ])("may not be read after the step inside (%s)", (_name, read) => {
    const optimizer = new SGD([matrix()], { lr: 1 });
    const schedules = [new StepLR(optimizer, { stepSize: 1 }), new StepLR(optimizer, { stepSize: 2 })];
    const schedule = new SequentialLR(optimizer, { schedules, milestones: [3] });
    const late = compile(() => {
      schedule.step();
      read(schedule, optimizer);
    });
    expect(late).toThrow(CompileError);
    expect(late).toThrow("expected no use of a tensor, such as a learning rate, after the step of its schedule");
    expect([schedule.stepCount, schedules[0]?.stepCount, optimizer.lr]).toEqual([0, 0, 1]);
    const early = (wrap: typeof compile): unknown[] => {
      const seen: unknown[] = [];
      const step = wrap(() => {
        seen.push(read(schedule, optimizer));
        schedule.step();
      });
      step();
      step();
      return seen;
    };
    const compiled = early(compile);
    schedule.moveTo(0);
    expect(compiled.slice(-1)).toEqual(early((fn) => fn as never).slice(-1));
  });

  it("ends with the cycle", () => {
    const seen = bothWays.map((wrap) => {
      const optimizer = new SGD([matrix()], { lr: 1, momentum: 0.9 });
      const schedule = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 2 });
      const step = wrap(() => schedule.step());
      step();
      step();
      expect(step).toThrow("OneCycleLR: expected at most 2 steps, got 3. The cycle is over.");
      return [schedule.stepCount, optimizer.lr, optimizer.groups[0]?.momentum?.item()];
    });
    expect(seen[0]).toEqual(seen[1]);
  });

  it("of a plateau is read as it is at every call", () => {
    expectSameAsEager((wrap) => {
      const plateau = new ReduceLROnPlateau(new SGD([matrix()]), { patience: 3 });
      const best = wrap((t: Tensor) => t.mul(plateau.stateDict().best ?? 0));
      return [3, 5, 2].map((metric) => {
        plateau.step(metric);
        return best(tensor([1]));
      });
    });
  });
});
