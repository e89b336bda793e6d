import { ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functions } from "../metrics/functions.ts";
import { Monitor } from "./monitor.ts";

const modeOf = (monitor: string): string => new Monitor("Test", { monitor, mode: "auto", minDelta: 0 }).mode;

/** Metrics of which neither less nor more is better. */
const unknown = ["confusionMatrix", "falseNegatives", "falsePositives", "trueNegatives", "truePositives"];
const min = /loss|error|entropy|divergence|hinge|poisson/i;

describe("the mode of a figure", () => {
  it.each(Object.keys(functions).filter((name) => !unknown.includes(name)))(
    "is known of %s, in validation too",
    (name) => {
      const mode = min.test(name) ? "min" : "max";
      expect([name, `val${name.charAt(0).toUpperCase()}${name.slice(1)}`, `val_${name}`].map(modeOf)).toEqual([
        mode,
        mode,
        mode,
      ]);
    },
  );

  it("is known of losses and rates, and asked for where it is not", () => {
    expect(["loss", "val_loss", "lr", "valLoss"].map(modeOf)).toEqual(["min", "min", "min", "min"]);
    for (const name of unknown) expect(() => modeOf(name)).toThrow(ValueError);
  });
});
