import { tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { SGD } from "../algorithms/sgd.ts";
import { type PlateauState, ReduceLROnPlateau, type ReduceLROnPlateauOptions } from "./reduce-lr-on-plateau.ts";

function plateau(options: ReduceLROnPlateauOptions): { readonly optimizer: SGD; readonly schedule: ReduceLROnPlateau } {
  const optimizer = new SGD([tensor([1])], { lr: 1 });
  return { optimizer, schedule: new ReduceLROnPlateau(optimizer, { patience: 0, ...options }) };
}

describe("ReduceLROnPlateau", () => {
  it.each<[ReduceLROnPlateauOptions, readonly number[], number, number]>([
    // Mode and threshold, metrics, best of them, reductions.
    [{ threshold: 0.1 }, [-1, -0.95, -0.9, -0.85], -1, 3],
    [{ threshold: 0.1 }, [-1, -1.05, -1.1, -1.25], -1.25, 2],
    [{ threshold: 0.1 }, [1, 0.95, 0.9, 0.85], 0.85, 2],
    [{ threshold: 0.1, mode: "max" }, [-1, -1.05, -0.95, -0.8], -0.8, 2],
    [{ threshold: 0.1, mode: "max" }, [1, 1.05, 1.1, 1.25], 1.25, 2],
    [{ threshold: 0.5, thresholdMode: "abs" }, [0, -0.25, -0.5, -0.75], -0.75, 2],
    [{ threshold: 0.5, thresholdMode: "abs", mode: "max" }, [-2, -1.75, -1.5, -1.25], -1.25, 2],
    [{ threshold: 0.1 }, [0, -1e-9], -1e-9, 0],
    [{ threshold: 0.1, mode: "max" }, [0, 1e-9], 1e-9, 0],
    [{ threshold: 2, mode: "min" }, [-1, -2, -4], -4, 1],
    [{}, [NaN, 3, NaN, 2], 2, 2],
    [{ mode: "max" }, [NaN, -3, NaN, -2], -2, 2],
    [{}, [Infinity, 5, -Infinity, -Infinity, 0], -Infinity, 3],
  ])("%o of metrics %o has best %d after %d reductions", (options, metrics, best, reductions) => {
    const { optimizer, schedule } = plateau({ factor: 0.5, eps: 0, ...options });
    for (const metric of metrics) schedule.step(metric);
    expect([schedule.stateDict().best, Math.log2(1 / optimizer.lr)]).toEqual([best, reductions]);
  });

  it("goes on from an infinite best", () => {
    const { schedule } = plateau({});
    schedule.loadStateDict({ best: Infinity, badSteps: 0, cooldownLeft: 0 });
    schedule.step(7);
    expect(schedule.stateDict().best).toBe(7);
  });

  it.each([{ best: NaN }, { best: "1" }, { badSteps: -1 }, { cooldownLeft: 0.5 }])("refuses a state of %o", (wrong) => {
    const { schedule } = plateau({});
    schedule.step(3);
    const state = schedule.stateDict();
    expect(() => schedule.loadStateDict({ ...state, ...wrong } as PlateauState)).toThrow(ValueError);
    expect(schedule.stateDict()).toEqual(state);
  });

  it("takes a number, or a tensor of one", () => {
    const { schedule } = plateau({});
    schedule.step(tensor([2]));
    expect(schedule.stateDict().best).toBe(2);
    expect(() => schedule.step(tensor([1, 2]))).toThrow(
      "ReduceLROnPlateau: expected a metric of one element, got shape [2].",
    );
    expect(() => schedule.step(undefined as never)).toThrow("ReduceLROnPlateau: expected metric to be a number");
    expect(schedule.stateDict()).toEqual({ best: 2, badSteps: 0, cooldownLeft: 0 });
  });
});

describe("ReduceLROnPlateau in numbers", () => {
  const run = (options: ReduceLROnPlateauOptions, metrics: readonly number[]): number[] => {
    const optimizer = new SGD([tensor([0])], { lr: 1 });
    const schedule = new ReduceLROnPlateau(optimizer, options);
    return metrics.map((metric) => (schedule.step(metric), optimizer.lr));
  };

  it.each<[string, ReduceLROnPlateauOptions, number[], number[]]>([
    ["waits for patience", { patience: 2, factor: 0.5 }, [1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 0.5, 0.5, 0.5, 0.25]],
    ["forgets bad calls after a better one", { patience: 1, factor: 0.5 }, [3, 3, 2, 2, 2], [1, 1, 1, 1, 0.5]],
    ["maximizes", { mode: "max", patience: 0, factor: 0.5 }, [1, 2, 2, 3, 1], [1, 1, 0.5, 0.5, 0.25]],
    ["needs more than a share", { patience: 0, factor: 0.5, threshold: 0.1 }, [1, 0.95, 0.85], [1, 0.5, 0.5]],
    [
      "needs more than an amount",
      { patience: 0, factor: 0.5, threshold: 1, thresholdMode: "abs" },
      [3, 2.5, 1.5],
      [1, 0.5, 0.5],
    ],
    ["cools down", { patience: 0, factor: 0.5, cooldown: 2 }, [1, 1, 1, 1, 1], [1, 0.5, 0.5, 0.5, 0.25]],
    ["keeps the lower bound", { patience: 0, factor: 0.1, minLr: 0.05 }, [1, 1, 1, 1], [1, 0.1, 0.05, 0.05]],
    ["does not take the worst for an improvement", { patience: 0, factor: 0.5 }, [Infinity, 1], [0.5, 0.5]],
    ["counts NaN as bad", { patience: 0, factor: 0.5 }, [1, NaN], [1, 0.5]],
  ])("%s", (_name, options, metrics, want) => {
    expect(run(options, metrics)).toEqual(want);
  });

  it("bounds each group by itself", () => {
    const groups = [{ params: [tensor([0])] }, { params: [tensor([0])], lr: 0.05 }];
    const optimizer = new SGD(groups, { lr: 0.1 });
    const schedule = new ReduceLROnPlateau(optimizer, { patience: 0, minLr: [0.02, 0.03] });
    for (const metric of [1, 1]) schedule.step(metric);
    expect(optimizer.groups.map((group) => group.lr.item())).toEqual([0.02, 0.03]);
  });

  it("takes tensors, and resumes", () => {
    const optimizer = new SGD([tensor([0])], { lr: 1 });
    const schedule = new ReduceLROnPlateau(optimizer, { patience: 1, factor: 0.5 });
    schedule.step(tensor(2));
    schedule.step(tensor(2));
    const resumed = new ReduceLROnPlateau(optimizer, { patience: 1, factor: 0.5 });
    resumed.loadStateDict(structuredClone(schedule.stateDict()));
    resumed.step(2);
    expect(optimizer.lr).toBe(0.5);
    expect(() => schedule.step("low" as unknown as number)).toThrow(ValueError);
  });
});
