import { Generator, randn, ShapeError, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  BatchNorm,
  DenseBatchNorm,
  functional,
  GroupNorm,
  InstanceNorm,
  LayerNorm,
  UnitNorm,
} from "../../src/index.ts";
import { disturbed, numbers, relativeError } from "./norm-case.ts";

const { batchNorm, groupNorm, instanceNorm, layerNorm } = functional;
const { plainBatchNorm, plainGroupNorm, plainInstanceNorm, plainLayerNorm, plainRMSNorm, rmsNorm } = functional;
const draw = (shape: readonly number[], seed: number): Tensor =>
  randn(shape, { dtype: "float64", generator: new Generator(seed) });
const double = { dtype: "float64" } as const;
const image = draw([2, 3, 5, 6], 161);
const first = (x: Tensor): Tensor => x.permute([0, 3, 1, 2]);
const expectSame = (got: Tensor, want: Tensor): void => {
  expect(got.shape).toEqual(want.shape);
  expect(relativeError(got.data, numbers(want), 1)).toBeLessThan(1e-13);
};

describe("channels along another axis", () => {
  const makers = {
    BatchNorm: (options: object) => new BatchNorm(6, { ...double, ...options }),
    GroupNorm: (options: object) => new GroupNorm(2, 6, { ...double, ...options }),
    InstanceNorm: (options: object) => new InstanceNorm(6, { ...double, affine: true, trackRunningStats: true, ...options }),
    DenseBatchNorm: (options: object) => new DenseBatchNorm(6, 6, { ...double, ...options }).norm,
  };
  it.each(Object.entries(makers))("%s is that of the image turned, in training and evaluation", (_, make) => {
    const [there, here] = [disturbed(make({ axis: -1 })), disturbed(make({}))];
    for (const training of [true, true, false]) {
      expectSame(first(there.train(training).forward(image)), here.train(training).forward(first(image)));
    }
    there.buffers().forEach((t, i) => expectSame(t, here.buffers()[i]!));
    expect(Object.keys(there.stateDict())).toEqual(Object.keys(here.stateDict()));
    expect(String(there.details())).toContain("axis=-1");
  });

  it("has parameters and statistics of the extents of several axes", () => {
    const norm = disturbed(new BatchNorm([3, 6], { axis: [1, -1], ...double }));
    const flat = new BatchNorm(18, double);
    const turned = image.permute([0, 1, 3, 2]).reshape([2, 18, 5]);
    const { weight, bias } = norm;
    const y = batchNorm(turned, { weight: weight!.flatten(), bias: bias!.flatten() });
    expectSame(norm.forward(image).permute([0, 1, 3, 2]).reshape([2, 18, 5]), y);
    flat.forward(turned);
    for (const name of ["weight", "bias", "runningMean", "runningVar"] as const) expect(norm[name]!.shape).toEqual([3, 6]);
    expectSame(norm.runningMean!.flatten(), flat.runningMean!);
    expectSame(norm.runningVar!.flatten(), flat.runningVar!);
    expect([norm.features, norm.details()]).toEqual([18, "[3, 6], eps=1e-5, momentum=0.1, dtype=float64, axis=[1, -1]"]);
    const copy = new BatchNorm([3, 6], { axis: [1, 3], ...double });
    copy.loadStateDict(norm.stateDict());
    expectSame(copy.eval().forward(image), norm.eval().forward(image));
  });

  it("may be that of the batch, for batchNorm", () => {
    expectSame(batchNorm(image.permute([1, 0, 2, 3]), { axis: 0 }), batchNorm(image).permute([1, 0, 2, 3]));
    const norm = new BatchNorm(2, { axis: 0, ...double });
    norm.forward(image);
    expectSame(norm.runningMean!, image.mean({ axis: [1, 2, 3] }).mul(0.1));
  });

  it("is that of a tensor by tensor of TensorFlow's batchNorm: statistics for each element", () => {
    const [mean, variance] = [draw([3, 5, 6], 162), draw([3, 5, 6], 163).square()];
    const y = batchNorm(image, { axis: [1, 2, 3], runningMean: mean, runningVar: variance, eps: 0.5 });
    expectSame(y, image.sub(mean).div(variance.add(0.5).sqrt()));
  });

  it.each([
    ["batchNorm", (x: Tensor) => [batchNorm(x, { axis: [1, 3] }), plainBatchNorm(x, { axis: [1, 3] })]],
    ["instanceNorm", (x: Tensor) => [instanceNorm(x, { axis: -1 }), plainInstanceNorm(x, { axis: -1 })]],
    ["groupNorm", (x: Tensor) => [groupNorm(x, 3, { axis: -1 }), plainGroupNorm(x, 3, { axis: -1 })]],
    ["layerNorm", (x: Tensor) => [layerNorm(x, [3, 6], { axis: [1, 3] }), plainLayerNorm(x, [3, 6], { axis: [1, 3] })]],
    ["layerNorm by the deviation", (x: Tensor) => [layerNorm(x, 3, { axis: 1, rmsScaling: true }), plainLayerNorm(x, 3, { axis: 1, rmsScaling: true })]],
    ["rmsNorm", (x: Tensor) => [rmsNorm(x, 5, { axis: -2 }), plainRMSNorm(x, 5, { axis: -2 })]],
  ])("is the same in elementary operations: %s", (_, both) => {
    const [fused, plain] = both(image) as [Tensor, Tensor];
    expectSame(fused, plain);
  });
}); // prettier-ignore

describe("one sample without an axis of samples", () => {
  const sample = image.slice(0); // [3, 5, 6]
  it("is that of a batch of one", () => {
    const options = { batched: false } as const;
    const group = disturbed(new GroupNorm(3, 3, { ...options, ...double }));
    expectSame(group.forward(sample), groupNorm(sample.unsqueeze(0), 3, { weight: group.weight, bias: group.bias }).squeeze(0));
    expectSame(groupNorm(sample, 2, { ...options, axis: -1 }), groupNorm(sample.unsqueeze(0), 2, { axis: -1 }).squeeze(0));
    expectSame(instanceNorm(sample, options), instanceNorm(sample.unsqueeze(0)).squeeze(0));
    expectSame(instanceNorm(sample, { ...options, axis: [0, 2] }), instanceNorm(sample.unsqueeze(0), { axis: [1, 3] }).squeeze(0));
    const [one, batch] = [new InstanceNorm(3, { ...options, ...double, trackRunningStats: true }), new InstanceNorm(3, { ...double, trackRunningStats: true })];
    one.forward(sample);
    batch.forward(sample.unsqueeze(0));
    one.buffers().forEach((t, i) => expectSame(t, batch.buffers()[i]!));
    expect(group.details()).toBe("3, 3, eps=1e-5, dtype=float64, batched=false");
  });

  it("is not guessed by the number of axes", () => {
    expectSame(groupNorm(draw([4, 6], 164), 3), groupNorm(draw([4, 6, 1], 164), 3).squeeze(2));
  });
}); // prettier-ignore

it("scales by the deviation as Keras' rms_scaling does, which is not RMSNorm", () => {
  // x · γ / √(var(x) + ε) of [1, 3, 8] and γ [1, 2, 0.5], ε 1e-3: the variance is 26/3.
  const y = new LayerNorm(3, { rmsScaling: true, bias: false, eps: 1e-3, ...double });
  y.weight!.data.set([1, 2, 0.5]);
  const x = zeros([1, 3], double).add(zeros([3], double));
  x.data.set([1, 3, 8]);
  const root = Math.sqrt(26 / 3 + 1e-3);
  expect(relativeError(y.forward(x).data, [1 / root, 6 / root, 4 / root])).toBeLessThan(1e-15);
  const rms = rmsNorm(x, 3, { weight: y.weight, eps: 1e-3 });
  expect(relativeError(rms.data, numbers(y.forward(x)))).toBeGreaterThan(0.3);
  const centred = x.sub(x.mean());
  expectSame(rmsNorm(centred, 3, { eps: 1e-3 }), layerNorm(centred, 3, { rmsScaling: true, eps: 1e-3 }));
});

describe("axes that norms refuse", () => {
  const x = zeros([2, 3, 4]);
  it.each([
    [() => batchNorm(x, { axis: 3 }), "batchNorm: expected an axis in [-3, 2], got 3."],
    [() => batchNorm(x, { axis: [2, 1] }), "batchNorm: expected axes in ascending order, got [2, 1]."],
    [() => batchNorm(x, { axis: [1, -2] }), "batchNorm: expected axes in ascending order, got [1, -2]."],
    [() => batchNorm(x, { axis: [] }), "batchNorm: expected axes in ascending order, got []."],
    [() => batchNorm(x, { axis: [0, 1, 2] }), "batchNorm: expected more than 1 value per channel when training, got input of shape [2, 3, 4]."],
    [() => batchNorm(x, { axis: -1, weight: zeros([3]) }), "batchNorm: expected 3 channels on axis -1, got input of shape [2, 3, 4]."],
    [() => batchNorm(x, { axis: [1, 2], weight: zeros([12]) }), "batchNorm: expected channels [12] on axes [1, 2], got input of shape [2, 3, 4]."],
    [() => new BatchNorm([4, 3], { axis: [1, 2] }).forward(x), "batchNorm: expected channels [4, 3] on axes [1, 2], got input of shape [2, 3, 4]."],
    [() => new BatchNorm([4, 3]), "BatchNorm: expected features to be a whole number ≥ 1, got [4, 3]."],
    [() => new BatchNorm(12, { axis: [1, 2] }), "BatchNorm: expected features to be a list of extents for axis [1, 2], got 12."],
    [() => new BatchNorm([3, 0], { axis: [1, 2] }), "BatchNorm: expected features to be a whole number ≥ 1, got 0."],
    [() => new InstanceNorm([3], { axis: [1, 2] }), "InstanceNorm: expected features to be a list of extents for axis [1, 2], got [3]."],
    [() => groupNorm(x, 1, { axis: 0 }), "groupNorm: expected channels on axes behind that of the samples, got axis 0. Say batched: false for one sample."],
    [() => instanceNorm(x, { axis: [0, 1] }), "instanceNorm: expected channels on axes behind that of the samples, got axis [0, 1]. Say batched: false for one sample."],
    [() => instanceNorm(x, { axis: [1, 2] }), "instanceNorm: expected input of shape [N, C, ...positions], got [2, 3, 4]."],
    [() => instanceNorm(zeros([3]), { batched: false }), "instanceNorm: expected input of shape [C, ...positions], got [3]."],
    [() => groupNorm(zeros([3]), 3, { batched: false }), "groupNorm: expected more than 1 value per group, got input of shape [3] and 3 groups."],
    [() => layerNorm(x, 4, { axis: 1 }), "layerNorm: expected extents [4] of the axes [1], got input of shape [2, 3, 4]."],
    [() => new LayerNorm([4, 3], { axis: [1, 2] }).forward(x), "layerNorm: expected extents [4, 3] of the axes [1, 2], got input of shape [2, 3, 4]."],
    [() => rmsNorm(x, [3, 4], { axis: [-1, 1] }), "rmsNorm: expected axes in ascending order, got [-1, 1]."],
    [() => new UnitNorm({ axis: [1, 1] }).forward(x), "normalize: expected distinct axes, got [1, 1]."],
  ])("%#", (run, message) => {
    expect(run).toThrow(ShapeError);
    expect(run).toThrow(message);
  });
}); // prettier-ignore
