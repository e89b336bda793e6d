import { grad, gradcheck } from "@tapegrad/autograd";
import { cat, Generator, randn, ShapeError, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { AccumulatedBatchNorm, BatchNorm, functional } from "../../src/index.ts";
import { derivatives, numbers, relativeError } from "./norm-case.ts";

const { batchNorm, channelMoments, combineMoments, normalizeByMoments } = functional;
const draw = (seed: number, ...shape: number[]): Tensor =>
  randn(shape, { dtype: "float64", generator: new Generator(seed) });
/** Parts of different sizes, scales and means. */
const parts = [2, 5, 3].map((size, i) =>
  draw(i, size, 3, 4)
    .mul(i + 1)
    .add(10 * i),
);
const whole = cat(parts);

describe("moments", () => {
  it("of parts are those of the whole, in loops", () => {
    const { count, mean, m2 } = combineMoments(parts.map((x) => channelMoments(x)));
    expect(count.item()).toBe(40);
    for (let channel = 0; channel < 3; channel++) {
      const values = numbers(whole).filter((_, at) => Math.floor(at / 4) % 3 === channel);
      const average = values.reduce((sum, x) => sum + x, 0) / values.length;
      expect(mean.data[channel]).toBeCloseTo(average, 13);
      const squares = values.reduce((sum, x) => sum + (x - average) ** 2, 0);
      expect(m2.data[channel]! / squares).toBeCloseTo(1, 13);
    }
  });

  it("can be combined in any grouping and order", () => {
    const [a, b, c] = parts.map((x) => channelMoments(x)) as [
      functional.Moments,
      functional.Moments,
      functional.Moments,
    ];
    const want = combineMoments([a, b, c]);
    for (const got of [combineMoments([combineMoments([a, b]), c]), combineMoments([c, combineMoments([b, a])])]) {
      for (const of of ["count", "mean", "m2"] as const) {
        expect(relativeError(got[of].data, numbers(want[of]))).toBeLessThan(1e-14);
      }
    }
  });

  it("keep their digits far from 0, in float32 too", () => {
    const near = parts.map((x) => x.mul(0.01).to("float32"));
    // 2 ** 12 leaves the last digits of float32 what they are once they are rounded to it.
    const far = near.map((x) => x.add(4096));
    const exact = far.map((x) => x.to("float64").sub(4096));
    const [got, want] = [far, exact].map((xs) => combineMoments(xs.map((x) => channelMoments(x)))) as [
      functional.Moments,
      functional.Moments,
    ];
    expect(got.m2.dtype).toBe("float64");
    expect(relativeError(got.m2.data, numbers(want.m2))).toBeLessThan(1e-11);
  });

  it("of nothing are zeros, and change nothing", () => {
    const none = channelMoments(zeros([0, 3, 4]));
    const [a] = parts.map((x) => channelMoments(x)) as [functional.Moments];
    for (const of of ["count", "mean", "m2"] as const) {
      expect(none[of].eq(0).all().item()).toBe(1);
      expect(combineMoments([none, a, none])[of].toArray()).toEqual(a[of].toArray());
      expect(combineMoments([none, none])[of].toArray()).toEqual(none[of].toArray());
    }
  });

  it("have gradients", () => {
    gradcheck((x) => channelMoments(x).mean, [parts[0]!], { order: 2 });
    gradcheck((x) => channelMoments(x).m2, [parts[0]!], { order: 2 });
    const of = (key: "mean" | "m2") => (a: Tensor, b: Tensor) =>
      combineMoments([a, b].map((x) => channelMoments(x)))[key];
    gradcheck(of("mean"), [parts[0]!, parts[2]!], { order: 2 });
    gradcheck(of("m2"), [parts[0]!, parts[2]!], { order: 2 });
  });

  const moments = channelMoments(zeros([2, 3]));
  it.each<[() => unknown, new (message: string) => Error, string]>([
    [() => combineMoments([]), ValueError, "combineMoments: expected a list of moments, got []."],
    [() => combineMoments([moments, channelMoments(zeros([2, 4]))]), ShapeError, "combineMoments: expected parts[1].mean of shape [3], got [4]."],
    [() => combineMoments([{ ...moments, count: zeros([1]) }]), ShapeError, "combineMoments: expected parts[0].count of shape [], got [1]."],
    [() => combineMoments([1 as never]), ValueError, "combineMoments: expected parts[0] to be moments { count, mean, m2 }, got 1."],
    [() => normalizeByMoments(zeros([2, 4]), moments), ShapeError, "normalizeByMoments: expected mean of shape [4], got [3]."],
    [() => channelMoments(zeros([3])), ShapeError, "channelMoments: expected input of shape [N, C, ...], got [3]."],
  ])("%#: what does not fit is refused", (run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  }); // prettier-ignore
});

describe("normalizeByMoments", () => {
  const [weight, bias] = [draw(7, 3), draw(8, 3)];
  const together = (...given: Tensor[]): Tensor => {
    const [w, b, ...xs] = given as [Tensor, Tensor, ...Tensor[]];
    const moments = combineMoments(xs.map((x) => channelMoments(x)));
    return cat(xs.map((x) => normalizeByMoments(x, moments, { weight: w, bias: b })));
  };
  const atOnce = (...given: Tensor[]): Tensor => {
    const [w, b, ...xs] = given as [Tensor, Tensor, ...Tensor[]];
    return batchNorm(cat(xs), { weight: w, bias: b });
  };

  it("of all parts is batchNorm of the whole, with first and second derivatives", () => {
    const [got, want] = [together, atOnce].map((run) => derivatives(run, [weight, bias, ...parts])) as [Tensor[], Tensor[]];
    got.forEach((t, i) => expect(relativeError(t.data, numbers(want[i]!), 1)).toBeLessThan(1e-13));
  }); // prettier-ignore

  it("gives the gradients of the whole once the losses of all parts went backward", () => {
    const cotangents = parts.map((x, i) => draw(20 + i, ...x.shape));
    const leaves = parts.map((x) => x.detach().requiresGrad_());
    const moments = combineMoments(leaves.map((x) => channelMoments(x)));
    const losses = leaves.map((x, i) => normalizeByMoments(x, moments).mul(cotangents[i]!).sum());
    // Loss by loss: the tape of the moments is walked once for each.
    losses.forEach((loss) => loss.backward(undefined, { retainGraph: true }));
    const [want] = grad(batchNorm(whole.requiresGrad_()), [whole], { cotangent: cat(cotangents) });
    expect(relativeError(cat(leaves.map((x) => x.grad!)).data, numbers(want))).toBeLessThan(1e-13);
  });

  it("by moments without a gradient divides by a constant", () => {
    const moments = channelMoments(whole.detach());
    gradcheck((x) => normalizeByMoments(x, moments, { weight, bias }), [parts[1]!], { order: 2 });
    const x = parts[1]!.detach().requiresGrad_();
    const [dx] = grad(normalizeByMoments(x, moments), [x], { cotangent: zeros(x.shape, { dtype: "float64" }).add(1) });
    const r = numbers(moments.m2).map((m2) => 1 / Math.sqrt(m2 / 40 + 1e-5));
    expect(relativeError(dx.data, numbers(dx).map((_, at) => r[Math.floor(at / 4) % 3]!))).toBeLessThan(1e-14);
  }); // prettier-ignore
});

describe("AccumulatedBatchNorm", () => {
  it.each(
    ([0.3, 1, null] as const).flatMap((momentum) =>
      (["biased", "unbiased"] as const).map((runningVariance) => ({ momentum, runningVariance })),
    ),
  )("follows whole batches, with momentum $momentum and a running variance that is $runningVariance", (options) => {
    const norm = new AccumulatedBatchNorm(3, 3, { ...options, dtype: "float64" });
    const wanted = new BatchNorm(3, { ...options, dtype: "float64" });
    for (const scale of [1, 2, 3]) {
      const before = norm.runningVar!.toArray();
      parts.forEach((x, i) => {
        if (i > 0) expect(norm.runningVar!.toArray()).toEqual(before);
        expect(norm.forward(x.mul(scale)).toArray()).toEqual(batchNorm(x.mul(scale)).toArray());
      });
      wanted.forward(whole.mul(scale));
      expect(relativeError(norm.runningMean!.data, numbers(wanted.runningMean!))).toBeLessThan(1e-14);
      expect(relativeError(norm.runningVar!.data, numbers(wanted.runningVar!))).toBeLessThan(1e-14);
      expect(norm.numBatchesTracked!.item()).toBe(wanted.numBatchesTracked!.item());
      expect(norm.gathered.abs().max().item()).toBe(0);
    }
    [norm, wanted].forEach((module) => module.eval());
    expect(relativeError(norm.forward(whole).data, numbers(wanted.forward(whole)))).toBeLessThan(1e-14);
  });

  it("ends a batch of fewer parts where it is told to", () => {
    const norm = new AccumulatedBatchNorm(3, 3, { dtype: "float64" });
    const wanted = new BatchNorm(3, { dtype: "float64" });
    norm.endBatch();
    expect(norm.numBatchesTracked!.item()).toBe(0);
    expect(norm.runningVar!.toArray()).toEqual([1, 1, 1]);
    for (const x of [parts[0]!, parts[1]!]) norm.forward(x);
    norm.endBatch();
    norm.endBatch();
    wanted.forward(cat([parts[0]!, parts[1]!]));
    expect(relativeError(norm.runningMean!.data, numbers(wanted.runningMean!))).toBeLessThan(1e-14);
    expect(relativeError(norm.runningVar!.data, numbers(wanted.runningVar!))).toBeLessThan(1e-14);
    expect([norm.numBatchesTracked!.item(), norm.partsGathered.item()]).toEqual([1, 0]);
  });

  it("goes on within a batch from its state", () => {
    const [one, other] = [0, 1].map(() => new AccumulatedBatchNorm(3, 3, { dtype: "float64" })) as [
      AccumulatedBatchNorm,
      AccumulatedBatchNorm,
    ];
    one.forward(parts[0]!);
    other.loadStateDict(JSON.parse(JSON.stringify(one.stateDict())) as never);
    for (const x of parts.slice(1)) for (const norm of [one, other]) norm.forward(x);
    expect(JSON.stringify(other.stateDict())).toBe(JSON.stringify(one.stateDict()));
    expect(one.numBatchesTracked!.item()).toBe(1);
  });

  it("keeps float32 statistics by float64 moments", () => {
    const norm = new AccumulatedBatchNorm(1, 2, { momentum: 1 });
    for (const values of [[1e4, 1e4 + 1], [1e4 + 2, 1e4 + 3]]) norm.forward(tensor(values).unsqueeze(1));
    expect(norm.runningVar!.item()).toBeCloseTo(5 / 3, 6);
  }); // prettier-ignore
});
