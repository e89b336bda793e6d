import { grad } from "@tapegrad/autograd";
import {
  assign,
  DTypeError,
  Generator,
  ones,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
  where,
  zeros,
} from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { BatchNorm, functional, GroupNorm, InstanceNorm, LayerNorm, RMSNorm } from "../../src/index.ts";
import { countedMoments, drawMask, expand } from "./masked-norm-cases.ts";
import { groupsOver } from "./naive-norm.ts";
import { disturbed, numbers, relativeError } from "./norm-case.ts";

const { batchNorm, groupNorm, instanceNorm, layerNorm, rmsNorm } = functional;
const draw = (shape: readonly number[], seed: number): Tensor =>
  randn(shape, { dtype: "float64", generator: new Generator(seed) });
const double = { dtype: "float64" } as const;

type Norm = (x: Tensor, mask?: Tensor) => Tensor;
/** Of `[4, 6, 5]`, with masks that leave out the axes after the slash, and of all axes. */
const norms: Readonly<Record<string, readonly [norm: Norm, mask: readonly number[]]>> = {
  "batchNorm / channels": [(x, mask) => batchNorm(x, { mask }), [4, 5]],
  batchNorm: [(x, mask) => batchNorm(x, { mask }), [4, 6, 5]],
  "instanceNorm / channels": [(x, mask) => instanceNorm(x, { mask }), [4, 5]],
  "groupNorm / channels": [(x, mask) => groupNorm(x, 3, { mask }), [4, 5]],
  groupNorm: [(x, mask) => groupNorm(x, 3, { mask }), [4, 6, 5]],
  layerNorm: [(x, mask) => layerNorm(x, [6, 5], { mask }), [4, 6, 5]],
  "layerNorm by the deviation": [(x, mask) => layerNorm(x, 5, { mask, rmsScaling: true }), [4, 1, 5]],
  rmsNorm: [(x, mask) => rmsNorm(x, [6, 5], { mask }), [4, 1, 5]],
};

describe.each(Object.entries(norms))("%s with a mask", (_, [norm, shape]) => {
  const x = draw([4, 6, 5], 141);
  const mask = drawMask(shape);
  const aligned = mask.ndim === 2 ? mask.unsqueeze(1) : mask;

  it("of true alone is the norm without", () => {
    expect(relativeError(norm(x, zeros(shape).eq(0)).data, numbers(norm(x)))).toBeLessThan(1e-13);
  });

  it("takes nothing from what does not count, which may be NaN, infinite or far away", () => {
    const cotangent = draw(x.shape, 142);
    const results = [0, 1e8, NaN, Infinity].map((hidden) => {
      const leaf = where(aligned, x, hidden).requiresGrad_();
      const y = where(aligned, norm(leaf, mask), 0);
      return [...numbers(y), ...numbers(grad(y, [leaf], { cotangent })[0]!)];
    });
    for (const result of results) expect(result).toEqual(results[0]);
  });

  it("has a gradient of what does not count that is r · g", () => {
    // A change of it moves no statistic: the output follows it alone, and linearly.
    const leaf = x.detach().requiresGrad_();
    const cotangent = draw(x.shape, 143);
    const [dx] = grad(norm(leaf, mask), [leaf], { cotangent });
    const moved = where(aligned, x, x.add(1));
    const slopes = norm(moved, mask).sub(norm(x, mask));
    const counted = expand(aligned, x.shape);
    slopes.data.forEach((slope, at) => {
      if (counted[at]) expect(slope).toBe(0);
      else expect(dx!.data[at]).toBeCloseTo(slope * cotangent.data[at]!, 10);
    });
  });

  it("is finite where nothing counts, with gradients of 0", () => {
    const leaf = x.detach().requiresGrad_();
    const y = norm(leaf, zeros(shape).eq(1));
    expect(numbers(y).map(Math.abs)).toEqual(Array(120).fill(0));
    expect(numbers(grad(y, [leaf], { cotangent: draw(x.shape, 144) })[0]!).map(Math.abs)).toEqual(Array(120).fill(0));
  });
}); // prettier-ignore

describe("running statistics of masked batches", () => {
  const [shape, momentum] = [[4, 3, 5], 0.3] as const;
  const x = draw(shape, 146).mul(2).add(1);
  const before = [draw([3], 147), draw([3], 148).square().add(0.5)] as const;
  const [mean0, var0] = before.map(numbers) as [number[], number[]];

  it.each(["unbiased", "biased"] as const)("of batchNorm are those of what counts, %s", (runningVariance) => {
    const mask = drawMask([4, 5]);
    const counts = expand(mask.unsqueeze(1), shape);
    const norm = new BatchNorm(3, { momentum, runningVariance, ...double });
    assign(norm.runningMean!, before[0]);
    assign(norm.runningVar!, before[1]);
    norm.forward(x, mask);
    groupsOver(shape, [0, 2]).forEach((group, c) => {
      const { count, mean, variance } = countedMoments(numbers(x), group, { counts, center: true });
      const used = runningVariance === "unbiased" ? (variance * count) / (count - 1) : variance;
      expect(norm.runningMean!.data[c]).toBeCloseTo(0.7 * mean0[c]! + 0.3 * mean, 13);
      expect(norm.runningVar!.data[c]).toBeCloseTo(0.7 * var0[c]! + 0.3 * used, 12);
    });
    expect(norm.numBatchesTracked!.item()).toBe(1);
    // Evaluation is by these, whatever counts.
    const y = norm.eval().forward(x, mask);
    expect(numbers(y)).toEqual(numbers(norm.forward(x)));
  });

  it("stay where nothing counts, and so does the number of batches", () => {
    for (const options of [{ momentum }, { momentum: null }]) {
      const norm = new BatchNorm(3, { ...options, ...double });
      assign(norm.runningMean!, before[0]);
      assign(norm.runningVar!, before[1]);
      norm.forward(x, zeros([4, 5]).eq(1));
      expect([norm.runningMean!, norm.runningVar!].map(numbers)).toEqual([mean0, var0]);
      expect(norm.numBatchesTracked!.item()).toBe(0);
    }
  });

  it("follow the mean of one value, which has no unbiased variance", () => {
    const mask = tensor([true, ...Array<boolean>(19).fill(false)]).reshape([4, 5]);
    const first = [0, 5, 10].map((at) => x.data[at]!);
    for (const [runningVariance, share] of [["unbiased", 1], ["biased", 0.7]] as const) {
      const norm = new BatchNorm(3, { momentum, runningVariance, ...double });
      norm.forward(x, mask);
      first.forEach((value, c) => expect(norm.runningMean!.data[c]).toBeCloseTo(0.3 * value, 13));
      for (const value of norm.runningVar!.data) expect(value).toBeCloseTo(share, 14);
    }
  });

  it("average all batches with momentum null, but those without anything that counts", () => {
    const norm = new BatchNorm(3, { momentum: null, ...double });
    const masks = [drawMask([4, 5]), zeros([4, 5]).eq(1), drawMask([4, 5], [], 149)];
    const batches = [x, x, x.mul(3)];
    masks.forEach((mask, i) => norm.forward(batches[i]!, mask));
    groupsOver(shape, [0, 2]).forEach((group, c) => {
      const means = [0, 2].map((i) => {
        const counts = expand(masks[i]!.unsqueeze(1), shape);
        return countedMoments(numbers(batches[i]!), group, { counts, center: true }).mean;
      });
      expect(norm.runningMean!.data[c]).toBeCloseTo((means[0]! + means[1]!) / 2, 13);
    });
  });

  it("of instanceNorm average the samples in which something counts", () => {
    const mask = drawMask([4, 5], [5, 6, 7, 8, 9, 11, 12, 13, 14]);
    const counts = expand(mask.unsqueeze(1), shape);
    const norm = new InstanceNorm(3, { momentum, trackRunningStats: true, ...double });
    norm.forward(x, mask);
    for (const c of [0, 1, 2]) {
      const moments = [0, 1, 2, 3].map((n) =>
        countedMoments(numbers(x), [0, 1, 2, 3, 4].map((t) => (n * 3 + c) * 5 + t), { counts, center: true }),
      );
      const means = moments.filter(({ count }) => count > 0).map(({ mean }) => mean);
      const variances = moments.filter(({ count }) => count > 1).map(({ count, variance }) => (variance * count) / (count - 1));
      expect([means.length, variances.length]).toEqual([3, 2]);
      const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(norm.runningMean!.data[c]).toBeCloseTo(0.3 * average(means), 13);
      expect(norm.runningVar!.data[c]).toBeCloseTo(0.7 + 0.3 * average(variances), 12);
    }
  });

  it("are those of channels on axis 0, of batches and of one sample", () => {
    const mask = drawMask([3, 5]);
    const turned = x.permute([1, 0, 2]);
    const [there, here] = [new BatchNorm(3, { axis: 0, ...double }), new BatchNorm(3, double)];
    there.forward(turned, drawMask([4, 5]));
    here.forward(x, drawMask([4, 5]));
    const options = { trackRunningStats: true, ...double };
    const [one, batch] = [new InstanceNorm(4, { batched: false, ...options }), new InstanceNorm(4, options)];
    one.forward(x, mask);
    batch.forward(x.unsqueeze(0), mask.unsqueeze(0));
    for (const [got, want] of [[there, here], [one, batch]] as const) {
      got.buffers().forEach((t, i) => expect(relativeError(t.data, numbers(want.buffers()[i]!))).toBeLessThan(1e-13));
    }
  });

  it("are those of a smaller batch, when samples do not count", () => {
    const rows = draw([6, 3], 150);
    const mask = tensor([true, true, false, true, false, true]);
    const [masked, small] = [new BatchNorm(3, double), new BatchNorm(3, double)];
    const y = masked.forward(rows, mask);
    const kept = tensor([0, 1, 3, 5], { dtype: "int32" });
    expect(relativeError(y.indexSelect(0, kept).data, numbers(small.forward(rows.indexSelect(0, kept))))).toBeLessThan(1e-13);
    for (const name of ["runningMean", "runningVar"] as const) {
      expect(relativeError(masked[name]!.data, numbers(small[name]!))).toBeLessThan(1e-13);
    }
  });
}); // prettier-ignore

describe("in evaluation by running statistics", () => {
  const x = draw([4, 6, 5], 153);
  const mask = drawMask([4, 5]);
  const [aligned, cotangent] = [mask.unsqueeze(1), draw([4, 6, 5], 154)];

  it.each([
    ["BatchNorm", () => new BatchNorm(6, double)],
    ["InstanceNorm", () => new InstanceNorm(6, { ...double, affine: true, trackRunningStats: true })],
  ])("%s takes nothing from what does not count: no gradient sees NaN or infinities there", (_, make) => {
    const norm = disturbed(make()).eval();
    const results = [0, NaN, Infinity].map((hidden) => {
      const leaf = where(aligned, x, hidden).requiresGrad_();
      const y = where(aligned, norm.forward(leaf, mask), 0);
      return [y, ...grad(y, [leaf, norm.weight!, norm.bias!], { cotangent })].map((t) => numbers(t!.add(0)));
    });
    const counted = norm.forward(where(aligned, x, 0));
    expect(results[0]![0]).toEqual(numbers(where(aligned, counted, 0)));
    for (const result of results) expect(result).toEqual(results[0]);
  });
});

describe("masks that norms refuse", () => {
  const x = zeros([4, 3, 6]);
  const bools = (...shape: readonly number[]): Tensor => ones(shape).ne(0);
  it.each([
    [() => batchNorm(x, { mask: ones([4, 6]) }), DTypeError, "batchNorm: expected a bool mask, got float32. Where 1 counts, pass mask.ne(0)."],
    [() => batchNorm(x, { mask: bools(4, 5) }), ShapeError, "batchNorm: expected a mask of shape [4, 6] or with as many axes as [4, 3, 6], each of its extent or 1, got [4, 5]."],
    [() => batchNorm(x, { mask: bools(4, 3, 5) }), ShapeError, "batchNorm: expected a mask of shape [4, 6] or with as many axes as [4, 3, 6], each of its extent or 1, got [4, 3, 5]."],
    [() => batchNorm(x, { mask: bools(4) }), ShapeError, "batchNorm: expected a mask of shape [4, 6] or with as many axes as [4, 3, 6], each of its extent or 1, got [4]."],
    [() => batchNorm(x, { axis: -1, mask: bools(4, 6) }), ShapeError, "batchNorm: expected a mask of shape [4, 3] or with as many axes as [4, 3, 6], each of its extent or 1, got [4, 6]."],
    [() => new BatchNorm(3).eval().forward(x, bools(4, 5)), ShapeError, "batchNorm: expected a mask of shape [4, 6] or with as many axes as [4, 3, 6], each of its extent or 1, got [4, 5]."],
    [() => new BatchNorm(3).forward(x, true as never), ValueError, "BatchNorm.forward: expected mask to be a tensor, got true."],
    [() => instanceNorm(x, { mask: bools(3, 6) }), ShapeError, "instanceNorm: expected a mask of shape [4, 6] or with as many axes as [4, 3, 6], each of its extent or 1, got [3, 6]."],
    [() => new GroupNorm(1, 3).forward(x, bools(4, 3)), ShapeError, "groupNorm: expected a mask of shape [4, 6] or with as many axes as [4, 3, 6], each of its extent or 1, got [4, 3]."],
    [() => layerNorm(x, 6, { mask: bools(4, 3) }), ShapeError, "layerNorm: expected a mask with as many axes as [4, 3, 6], each of its extent or 1, got [4, 3]."],
    [() => new RMSNorm(6).forward(x, bools(6)), ShapeError, "rmsNorm: expected a mask with as many axes as [4, 3, 6], each of its extent or 1, got [6]."],
    [() => rmsNorm(x, 6, { partial: 0.5, mask: bools(4, 3, 6) }), ValueError, "rmsNorm: expected partial to be 1 with a mask, got 0.5."],
    [() => new RMSNorm(3, { partial: 0.5, axis: 1 }), ValueError, "RMSNorm: expected partial to be 1 with axis, got 0.5."],
  ])("%#", (run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  });

  it("leave the running statistics alone", () => {
    const norm = new BatchNorm(3);
    expect(() => norm.forward(randn([4, 3, 6]), bools(4, 5))).toThrow(ShapeError);
    expect([norm.runningMean!.toArray(), norm.numBatchesTracked!.item()]).toEqual([[0, 0, 0], 0]);
  });
}); // prettier-ignore

it("layers are their functions, with a mask", () => {
  const x = draw([4, 6, 5], 152);
  const mask = drawMask([4, 5]);
  const all = drawMask([4, 6, 5]);
  const of = ({ weight, bias }: { weight: Tensor | undefined; bias: Tensor | undefined }): object => ({ weight, bias });
  const [batch, instance, group] = [disturbed(new BatchNorm(6, double)), disturbed(new InstanceNorm(6, { ...double, affine: true })), disturbed(new GroupNorm(2, 6, double))];
  const [layer, rms] = [disturbed(new LayerNorm([6, 5], double)), disturbed(new RMSNorm(5, double))];
  expect(batch.forward(x, mask).toArray()).toEqual(batchNorm(x, { ...of(batch), mask }).toArray());
  expect(instance.forward(x, mask).toArray()).toEqual(instanceNorm(x, { ...of(instance), mask }).toArray());
  expect(group.forward(x, mask).toArray()).toEqual(groupNorm(x, 2, { ...of(group), mask }).toArray());
  expect(layer.forward(x, all).toArray()).toEqual(layerNorm(x, [6, 5], { ...of(layer), mask: all }).toArray());
  expect(rms.forward(x, all).toArray()).toEqual(rmsNorm(x, 5, { ...of(rms), mask: all }).toArray());
}); // prettier-ignore
