import { Generator, randn, stack, type Tensor } from "@tapegrad/tensor";
import { expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { BatchNorm, functional, InstanceNorm } from "../../src/index.ts";

const generator = new Generator(61);
const batches = Array.from({ length: 4 }, () => randn([3, 2, 5], { generator, dtype: "float64" }));

/** The average over all batches of one statistic of each. */
const average = (of: (x: Tensor) => Tensor): Tensor => stack(batches.map(of)).mean({ axis: 0 });

describe("momentum null averages all batches", () => {
  it.each([
    ["BatchNorm", BatchNorm, (x: Tensor) => x.mean({ axis: [0, 2] }), (x: Tensor) => x.variance({ axis: [0, 2] })],
    [
      "InstanceNorm",
      InstanceNorm,
      (x: Tensor) => x.mean({ axis: 2 }).mean({ axis: 0 }),
      (x: Tensor) => x.variance({ axis: 2 }).mean({ axis: 0 }),
    ],
  ] as const)("in %s", (_name, Norm, mean, variance) => {
    const norm = new Norm(2, { trackRunningStats: true, momentum: null, dtype: "float64" });
    for (const x of batches) norm.forward(x);
    expectClose(norm.runningMean!, average(mean));
    expectClose(norm.runningVar!, average(variance));
    expect(norm.numBatchesTracked?.item()).toBe(4);
    const x = batches[0]!;
    const want = x.sub(average(mean).unsqueeze(1)).div(average(variance).unsqueeze(1).add(norm.eps).sqrt());
    expectClose(norm.eval().forward(x), want);
    expect(norm.numBatchesTracked?.item()).toBe(4);
  });

  it("needs a counter", () => {
    const [mean, variance] = [batches[0]!.slice(0, [], 0), batches[0]!.slice(0, [], 1)];
    const running = { runningMean: mean, runningVar: variance, training: true, momentum: null };
    expect(() => functional.instanceNorm(batches[0]!, running)).toThrow(
      "instanceNorm: expected numBatchesTracked when momentum is null, got none.",
    );
  });

  it("leaves the counter of an InstanceNorm with a momentum at 0", () => {
    const norm = new InstanceNorm(2, { trackRunningStats: true, dtype: "float64" });
    norm.forward(batches[0]!);
    expect(norm.numBatchesTracked?.item()).toBe(0);
  });
});
