import { zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import * as optim from "./index.ts";
import { resolveSchedule, schedules } from "./internal.ts";

describe("schedules by name", () => {
  const kind = "a Schedule";
  const optimizer = new optim.SGD([zeros([1])], { lr: 1 });

  it("has every schedule that is not made of others under its name", () => {
    const composed: readonly unknown[] = [optim.ChainedScheduler, optim.SequentialLR];
    const classes = Object.entries(optim).filter(
      ([, value]) =>
        typeof value === "function" && value.prototype instanceof optim.Schedule && !composed.includes(value),
    );
    const lower = (names: readonly string[]): string[] => names.map((name) => name.toLowerCase()).toSorted();
    expect(lower(Object.keys(schedules))).toEqual(lower(classes.map(([name]) => name)));
    expect(new Set(Object.values(schedules))).toEqual(new Set(classes.map(([, value]) => value)));
  });

  it("makes one in whatever spelling, with options that its class checks", () => {
    for (const name of ["cosineAnnealingLR", "cosine_annealing_lr", "CosineAnnealingLR", "cosineAnnealingLr"]) {
      const schedule = resolveSchedule("f", kind, name)(optimizer, { tMax: 4 });
      expect(schedule).toBeInstanceOf(optim.CosineAnnealingLR);
      expect(schedule.optimizer).toBe(optimizer);
    }
    expect(() => resolveSchedule("f", kind, "stepLR")(optimizer, { size: 4 })).toThrow(
      'StepLR: expected options stepSize, gamma, got "size".',
    );
    expect(() => resolveSchedule("f", kind, "stepLR")(optimizer, {})).toThrow("StepLR: expected stepSize");
  });

  it("refuses others", () => {
    expect(() => resolveSchedule("f", kind, "stpLR")).toThrow(
      "f: expected a Schedule or one of stepLR, multiStepLR, exponentialLR, cosineAnnealingLR, " +
        "cosineAnnealingWarmRestarts, oneCycleLR, cyclicLR, linearLR, constantLR, polynomialLR, " +
        "lambdaLR, multiplicativeLR, swaLR, " +
        'got "stpLR". Did you mean "stepLR"?',
    );
    expect(() => resolveSchedule("f", kind, undefined as never)).toThrow("got undefined.");
  });
});
