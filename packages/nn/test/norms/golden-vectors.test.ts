import { arange, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { BatchNorm, GroupNorm, InstanceNorm, LayerNorm, presets, RMSNorm } from "../../src/index.ts";

function expectValues(got: Tensor, want: readonly number[], decimals: number): void {
  want.forEach((value, i) => expect(got.data[i]).toBeCloseTo(value, decimals));
}

/** `X[n, c, l] = 1 + n + 4c + l` of shape [4, 3, 4]. */
const counted = tensor(
  Float64Array.from({ length: 48 }, (_, i) => 1 + Math.floor(i / 12) + 4 * (Math.floor(i / 4) % 3) + (i % 4)),
  { shape: [4, 3, 4] },
);
const grid = arange(0, 12, 1, { dtype: "float64" }).reshape([3, 4]);

describe("published numbers", () => {
  it("BatchNorm of [4, 3, 4]", () => {
    const norm = new BatchNorm(3, { dtype: "float64" });
    expectValues(norm.forward(counted), [-1.8974, -1.2649, -0.6325, 0], 4);
    expectValues(norm.runningMean as Tensor, [0.4, 0.8, 1.2], 12);
    expectValues(
      norm.runningVar as Tensor,
      [7, 7, 7].map(() => 0.9 + (0.1 * 2.5 * 16) / 15),
      12,
    );
    expect(norm.numBatchesTracked?.item()).toBe(1);
  });

  it("LayerNorm over the last two axes of [4, 5, 3]", () => {
    const y = new LayerNorm([5, 3], { dtype: "float64" }).forward(
      arange(0, 60, 1, { dtype: "float64" }).reshape([4, 5, 3]),
    );
    expectValues(y, [-1.62018, -1.38873, -1.15728], 4);
  });

  it("the three norms of a grid of 3 × 4", () => {
    expectValues(new BatchNorm(4, { eps: 0, dtype: "float64" }).forward(grid), Array(4).fill(-1.2247449), 7);
    expectValues(new LayerNorm(4, { dtype: "float64" }).forward(grid), [-1.3416354, -0.4472118], 7);
    const rms = new RMSNorm(4, { eps: 1e-6, dtype: "float64" }).forward(grid);
    expectValues(rms.slice([1, 2]), [0.7126966, 0.8908708, 1.069045, 1.2472191], 7);
  });
});

describe("running statistics", () => {
  it("take the unbiased variance, also with momentum 1: [1], [3] gives 2", () => {
    const norm = new BatchNorm(1, { momentum: 1 });
    norm.forward(tensor([[1], [3]]));
    expect(norm.runningVar?.toArray()).toEqual([2]);
    expect(norm.runningMean?.toArray()).toEqual([2]);
  });

  it("take the biased one in Keras' preset, with its momentum", () => {
    const norm = new BatchNorm(1, presets.keras.batchNorm);
    expect([norm.eps, norm.momentum]).toEqual([1e-3, 0.01]);
    norm.forward(tensor([[1], [3]]));
    expect(norm.runningVar?.item()).toBeCloseTo(0.99 + 0.01, 6);
    expect(norm.runningMean?.item()).toBeCloseTo(0.02, 6);
    expect(new LayerNorm(3, presets.keras.layerNorm).eps).toBe(1e-3);
    expect([
      new GroupNorm(1, 2, presets.keras.groupNorm).eps,
      new InstanceNorm(2, presets.keras.instanceNorm).eps,
    ]).toEqual([1e-3, 1e-3]);
    expect(new RMSNorm(3, presets.keras.rmsNorm).eps).toBe(1e-6);
    expect(presets.torch.batchNorm).toEqual({ eps: 1e-5, momentum: 0.1, runningVariance: "unbiased" });
  });

  it("are the plain average of all batches when momentum is null", () => {
    const norm = new BatchNorm(1, { momentum: null, dtype: "float64" });
    const batches = [
      [1, 3],
      [5, 9],
      [2, 2],
    ];
    for (const [a = 0, b = 0] of batches) norm.forward(tensor([[a], [b]], { dtype: "float64" }));
    expect(norm.runningMean?.item()).toBeCloseTo((2 + 7 + 2) / 3, 12);
    expect(norm.runningVar?.item()).toBeCloseTo((2 + 8 + 0) / 3, 12);
    expect(norm.numBatchesTracked?.item()).toBe(3);
  });

  it("of InstanceNorm average the instances, and are not counted", () => {
    const norm = new InstanceNorm(1, { momentum: 1, trackRunningStats: true, eps: 0, dtype: "float64" });
    const x = tensor(Float64Array.of(1, 3, 10, 30), { shape: [2, 1, 2] });
    expect(norm.forward(x).toArray()).toEqual([[[-1, 1]], [[-1, 1]]]);
    expect(norm.runningMean?.toArray()).toEqual([11]);
    expect(norm.runningVar?.item()).toBeCloseTo((2 + 200) / 2, 12);
    expect(Object.keys(norm.stateDict())).toEqual(["running_mean", "running_var", "num_batches_tracked"]);
    expect(norm.numBatchesTracked?.item()).toBe(0);
    const y = norm.eval().forward(x);
    expectValues(y, [-10, -8, -1, 19].map((d) => d / Math.sqrt(101)), 12); // prettier-ignore
    norm.train().forward(zeros([0, 1, 2], { dtype: "float64" }));
    expect(norm.runningMean?.item()).toBe(11);
  });

  it("stay exact in float32 when the mean is far from 0", () => {
    const norm = new BatchNorm(1, { momentum: 1 });
    const values = Float32Array.from({ length: 1000 }, (_, i) => 1e4 + Math.sin(i));
    norm.forward(tensor(values, { shape: [1000, 1] }));
    const mean = values.reduce((sum, v) => sum + v, 0) / 1000;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 999;
    expect(Math.abs((norm.runningVar?.item() ?? NaN) / variance - 1)).toBeLessThan(3e-7);
    expect(Math.abs((norm.runningMean?.item() ?? NaN) / mean - 1)).toBeLessThan(3e-7);
  });

  it("of a constant channel are exactly 0 variance", () => {
    const norm = new BatchNorm(1, { momentum: 1 });
    norm.forward(tensor([[0.1], [0.1], [0.1]]));
    expect(norm.runningVar?.toArray()).toEqual([0]);
  });

  it("are not on the tape and not trained", () => {
    const norm = new BatchNorm(2);
    norm.forward(
      tensor(
        [
          [1, 2],
          [3, 5],
        ],
        { requiresGrad: true },
      ),
    );
    expect([norm.runningMean?.requiresGrad, norm.runningMean?.node]).toEqual([false, undefined]);
    expect(norm.namedParameters().map(([name]) => name)).toEqual(["weight", "bias"]);
    expect(norm.namedBuffers().map(([name]) => name)).toEqual(["runningMean", "runningVar", "numBatchesTracked"]);
  });

  it("do not exist without trackRunningStats; evaluation then uses its batch", () => {
    const norm = new BatchNorm(2, { trackRunningStats: false, eps: 0 }).eval();
    expect(
      norm
        .forward(
          tensor([
            [1, 5],
            [3, 9],
          ]),
        )
        .toArray(),
    ).toEqual([
      [-1, -1],
      [1, 1],
    ]);
    expect(Object.keys(norm.stateDict())).toEqual(["weight", "bias"]);
  });
});

describe("edge cases", () => {
  it("a row of one value becomes β", () => {
    expect(new LayerNorm(1).forward(tensor([[0.1], [7]])).toArray()).toEqual([[0], [0]]);
  });

  it("zeros stay zeros, also without eps", () => {
    expect(new RMSNorm(3, { eps: 0 }).forward(zeros([1, 3])).toArray()).toEqual([[0, 0, 0]]);
    expect(new LayerNorm(3, { eps: 0 }).forward(tensor([[5, 5, 5]])).toArray()).toEqual([[0, 0, 0]]);
  });

  it("empty batches give empty results and leave the statistics alone", () => {
    const norm = new BatchNorm(3);
    expect(norm.forward(zeros([0, 3])).shape).toEqual([0, 3]);
    expect(norm.numBatchesTracked?.item()).toBe(0);
    expect(norm.runningVar?.toArray()).toEqual([1, 1, 1]);
    expect(new LayerNorm(3).forward(zeros([0, 3])).shape).toEqual([0, 3]);
    expect(new LayerNorm(0).forward(zeros([2, 0])).shape).toEqual([2, 0]);
    expect(new RMSNorm(3, { partial: 0.5 }).forward(zeros([0, 3])).shape).toEqual([0, 3]);
    expect(new GroupNorm(2, 4).forward(zeros([0, 4, 3])).shape).toEqual([0, 4, 3]);
    expect(new InstanceNorm(4).forward(zeros([0, 4, 3])).shape).toEqual([0, 4, 3]);
  });

  it("NaN poisons its row of LayerNorm and its channel of BatchNorm only", () => {
    const x = tensor([
      [1, NaN],
      [2, 3],
    ]);
    const isNaN = (t: Tensor): boolean[] => Array.from(t.data, Number.isNaN);
    expect(isNaN(new LayerNorm(2).forward(x))).toEqual([true, true, false, false]);
    expect(isNaN(new BatchNorm(2, { trackRunningStats: false }).forward(x))).toEqual([false, true, false, true]);
  });

  it("eps is the epsilon of the input's dtype", () => {
    const norm = new RMSNorm(1);
    expect(norm.forward(tensor([[2 ** -12]])).item()).toBeCloseTo(1 / Math.sqrt(1 + 2), 6);
    expect(
      norm
        .to("float64")
        .forward(tensor([[2 ** -26]], { dtype: "float64" }))
        .item(),
    ).toBeCloseTo(1 / Math.sqrt(2), 12);
  });

  it("partial takes ⌈p·n⌉ elements, at least one, and 0.1 of 30 is 3", () => {
    const x = tensor(
      Float64Array.from({ length: 30 }, (_, i) => (i < 3 ? 2 : 100)),
      { shape: [1, 30] },
    );
    expect(new RMSNorm(30, { partial: 0.1, eps: 0, dtype: "float64" }).forward(x).data[0]).toBeCloseTo(1, 12);
    expect(new RMSNorm(30, { partial: 0.001, eps: 0, dtype: "float64" }).forward(x).data[29]).toBeCloseTo(50, 12);
  });

  it("integers become float32", () => {
    expect(new LayerNorm(2, { eps: 0 }).forward(tensor([[1, 3]], { dtype: "int32" })).dtype).toBe("float32");
  });
});
