import { Generator, randn } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { BatchRenorm } from "../../src/index.ts";
import { channelGroups } from "./naive-norm.ts";
import { numbers, relativeError } from "./norm-case.ts";

const generator = new Generator(109);
const shape = [4, 3, 2];
const batches = Array.from({ length: 4 }, () => randn(shape, { dtype: "float64", generator }).mul(2).add(0.7));

/** Mean and unbiased variance of the elements at `group`. */
function moments(x: readonly number[], group: readonly number[]): [mean: number, variance: number] {
  const mean = group.reduce((sum, at) => sum + x[at]!, 0) / group.length;
  return [mean, group.reduce((sum, at) => sum + (x[at]! - mean) ** 2, 0) / (group.length - 1)];
}

describe("BatchRenorm", () => {
  it("follows the statistics of the batches, in loops", () => {
    const norm = new BatchRenorm(3, { dtype: "float64", momentum: 0.3 });
    const wanted = Array.from({ length: 3 }, (): [number, number] => [0, 1]);
    for (const batch of batches) {
      norm.forward(batch);
      channelGroups(shape).forEach((group, channel) =>
        moments(numbers(batch), group).forEach(
          (value, i) => (wanted[channel]![i] = 0.7 * wanted[channel]![i]! + 0.3 * value),
        ),
      );
    }
    expect(relativeError(norm.runningMean!.data, wanted.map(([mean]) => mean))).toBeLessThan(1e-13); // prettier-ignore
    expect(relativeError(norm.runningVar!.data, wanted.map(([, variance]) => variance))).toBeLessThan(1e-13); // prettier-ignore
    expect(norm.numBatchesTracked!.item()).toBe(4);
  });

  it("gives in training what it gives in evaluation, within its limits", () => {
    const norm = new BatchRenorm(3, { dtype: "float64", rMax: 100, dMax: 100 });
    norm.forward(batches[0]!);
    const evaluated = norm.eval().forward(batches[1]!);
    expect(relativeError(norm.train().forward(batches[1]!).data, numbers(evaluated))).toBeLessThan(1e-13);
  });

  it("reads its limits at every call", () => {
    const norm = new BatchRenorm(3, { dtype: "float64" });
    const before = norm.forward(batches[0]!);
    norm.rMax = 1;
    norm.dMax = 0;
    expect(
      norm
        .forward(batches[0]!)
        .mean({ axis: [0, 2] })
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-12);
    expect(
      before
        .mean({ axis: [0, 2] })
        .abs()
        .max()
        .item(),
    ).toBeGreaterThan(0.1);
  });
});
