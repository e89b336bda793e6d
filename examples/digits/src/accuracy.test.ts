import { describe, expect, it } from "vitest";
import { trainRun } from "./train-run.ts";

// What the example promises, with all of its 30 epochs.
describe.each(["BatchNorm", "LayerNorm", "RMSNorm"] as const)("%s", (norm) => {
  it("classifies at least 96.5 % of the test images with seed 0, and 97.3 % on average over seeds 0 to 4", async () => {
    const accuracies: number[] = [];
    for (const seed of [0, 1, 2, 3, 4]) {
      accuracies.push((await trainRun({ norm, order: "norm-first", seed, epochs: 30 })).result.testAccuracy);
    }
    expect(accuracies[0]).toBeGreaterThanOrEqual(0.965);
    expect(accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / 5).toBeGreaterThanOrEqual(0.973);
  });
});
