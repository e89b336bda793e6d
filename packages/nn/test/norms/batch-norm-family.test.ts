import { grad } from "@tapegrad/autograd";
import { assign, Generator, randn, ShapeError, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  AdaptiveBatchNorm,
  BatchLayerNorm,
  BatchNorm,
  BatchRenorm,
  ConditionalBatchNorm,
  functional,
  GhostBatchNorm,
  PowerNorm,
  RecurrentBatchNorm,
  TransNorm,
} from "../../src/index.ts";
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

/** Running statistics after these batches, in loops. */
function followed(
  parts: readonly { x: readonly number[]; group: readonly number[] }[],
  momentum: number,
): [mean: number, variance: number] {
  let running: [number, number] = [0, 1];
  for (const { x, group } of parts) {
    const batch = moments(x, group);
    running = [0, 1].map((i) => (1 - momentum) * running[i]! + momentum * batch[i]!) as [number, number];
  }
  return running;
}

/** Holds the running statistics of a norm against those of loops, set by set and channel by channel. */
function expectFollowed(
  { runningMean, runningVar }: { readonly runningMean: Tensor | undefined; readonly runningVar: Tensor | undefined },
  wanted: readonly (readonly [mean: number, variance: number])[],
): void {
  expect(relativeError(runningMean!.data, wanted.map(([mean]) => mean))).toBeLessThan(1e-13); // prettier-ignore
  expect(relativeError(runningVar!.data, wanted.map(([, variance]) => variance))).toBeLessThan(1e-13); // prettier-ignore
}

describe("AdaptiveBatchNorm", () => {
  const norm = new AdaptiveBatchNorm(3, 3, { dtype: "float64", momentum: 0.3 });
  const domains = [0, 2, 2, 0];
  batches.forEach((batch, i) => norm.forward(batch, domains[i]!));

  it("follows the statistics of each domain, in loops", () => {
    const wanted = [0, 1, 2].flatMap((domain) =>
      channelGroups(shape).map((group) =>
        followed(batches.filter((_, i) => domains[i] === domain).map((x) => ({ x: numbers(x), group })), 0.3),
      ),
    ); // prettier-ignore
    expectFollowed(norm, wanted);
  });

  it("evaluates by those of the domain", () => {
    for (const domain of [0, 1, 2]) {
      const [runningMean, runningVar] = [norm.runningMean.slice(domain), norm.runningVar.slice(domain)];
      const want = functional.batchNorm(batches[1]!, { runningMean, runningVar, training: false });
      expect(norm.clone().eval().forward(batches[1]!, domain).toArray()).toEqual(want.toArray());
    }
  });
});

describe("RecurrentBatchNorm", () => {
  const sequence = [3, 4, 2];
  const [first, second] = [0, 1].map(() => randn(sequence, { dtype: "float64", generator }).add(0.4)) as [
    Tensor,
    Tensor,
  ];
  const norm = new RecurrentBatchNorm(2, 5, { dtype: "float64", momentum: 0.3, gain: 1 });
  norm.forward(first);
  norm.forward(second, 2);

  it("follows the statistics of each step, in loops", () => {
    const wanted = [0, 1, 2, 3, 4].flatMap((step) =>
      [0, 1].map((channel) => {
        const at = (t: number): number[] => [0, 1, 2, 3].map((sample) => t * 8 + sample * 2 + channel);
        const parts = [{ x: numbers(first), t: step }, { x: numbers(second), t: step - 2 }];
        return followed(parts.filter(({ t }) => t >= 0 && t < 3).map(({ x, t }) => ({ x, group: at(t) })), 0.3);
      }),
    ); // prettier-ignore
    expectFollowed(norm, wanted);
  });

  it("gives step by step what it gives for the sequence, the last statistics serving what is beyond them", () => {
    const evaluating = norm.clone().eval();
    const whole = evaluating.forward(second, 3);
    [3, 4, 4].forEach((step, i) => {
      const [runningMean, runningVar] = [norm.runningMean.slice(step), norm.runningVar.slice(step)];
      const want = functional.batchNorm(second.slice(i), { runningMean, runningVar, training: false });
      expect(whole.slice(i).toArray()).toEqual(want.toArray());
      expect(evaluating.forward(second.slice([i, i + 1]), 3 + i).toArray()).toEqual([want.toArray()]);
    });
  });

  it("begins with a gain of 0.1", () => {
    expect(new RecurrentBatchNorm(2, 3).weight?.toArray()).toEqual([Math.fround(0.1), Math.fround(0.1)]);
  });
});

describe("TransNorm", () => {
  it("follows source and target, and evaluates by them", () => {
    const norm = new TransNorm(3, { dtype: "float64", momentum: 0.3 });
    for (const batch of batches) norm.forward(batch);
    const half = [2, 3, 2];
    const wanted = [0, 12].flatMap((offset) =>
      channelGroups(half).map((group) =>
        followed(batches.map((x) => ({ x: numbers(x).slice(offset), group })), 0.3),
      ),
    ); // prettier-ignore
    expectFollowed(norm, wanted);
    const scaled = wanted.map(([mean, variance]) => mean / Math.sqrt(variance + 1e-5));
    const p = [0, 1, 2].map((channel) => 1 / (1 + Math.abs(scaled[channel]! - scaled[channel + 3]!)));
    const gains = p.map((each) => 1 + each / ((p[0]! + p[1]! + p[2]!) / 3));
    norm.eval();
    for (const [domain, set] of [["source", 0], ["target", 1]] as const) {
      const [runningMean, runningVar] = [norm.runningMean, norm.runningVar];
      const y = functional.transNorm(batches[0]!, { runningMean, runningVar, training: false, domain });
      const want = numbers(batches[0]!).map((value, at) => {
        const channel = Math.floor(at / 2) % 3;
        const [mean, variance] = wanted[set * 3 + channel]!;
        return ((value - mean) / Math.sqrt(variance + 1e-5)) * gains[channel]!;
      });
      expect(relativeError(y.data, want)).toBeLessThan(1e-13);
      if (domain === "target") expect(norm.forward(batches[0]!).toArray()).toEqual(y.toArray());
    } // prettier-ignore
  });
});

describe("GhostBatchNorm", () => {
  it("follows its ghost batches one after the other, in loops", () => {
    const norm = new GhostBatchNorm(3, 2, { dtype: "float64", momentum: 0.3 });
    for (const batch of batches) norm.forward(batch);
    const halves = batches.flatMap((x) => [numbers(x).slice(0, 12), numbers(x).slice(12)]);
    expectFollowed(norm, channelGroups([2, 3, 2]).map((group) => followed(halves.map((x) => ({ x, group })), 0.3))); // prettier-ignore
    expect(norm.numBatchesTracked!.item()).toBe(8);
  });

  it("leaves its statistics alone where the last ghost batch is too small", () => {
    const norm = new GhostBatchNorm(3, 3);
    expect(() => norm.forward(batches[0]!.slice([], [], 0).to("float32"))).toThrow(ShapeError);
    expect(norm.numBatchesTracked!.item()).toBe(0);
  });
});

describe("BatchLayerNorm", () => {
  it("evaluates by the batches that it was trained on, however many samples there are", () => {
    const norm = new BatchLayerNorm(3, 4, { dtype: "float64", momentum: 0.3 });
    for (const batch of batches) norm.forward(batch);
    const wanted = channelGroups(shape).map((group) =>
      followed(batches.map((x) => ({ x: numbers(x), group })), 0.3),
    ); // prettier-ignore
    expectFollowed(norm, wanted);
    norm.eval();
    const [all, one] = [norm.forward(batches[0]!), norm.forward(batches[0]!.slice([0, 1]))];
    expect(one.toArray()).toEqual(all.slice([0, 1]).toArray());
  });
});

describe("PowerNorm", () => {
  it("goes forward and backward as the second algorithm of the paper, in loops", () => {
    const norm = new PowerNorm(3, { dtype: "float64", alphaForward: 0.8, alphaBackward: 0.7, layerScale: false });
    const groups = channelGroups(shape);
    const [psi, nu] = [[1, 1, 1], [0, 0, 0]]; // prettier-ignore
    for (const batch of batches) {
      const x = batch.detach().requiresGrad_();
      const y = norm.forward(x);
      const cotangent = batch.mul(0.3).add(1);
      const [dx] = grad(y, [x], { cotangent });
      const [values, g] = [numbers(batch), numbers(cotangent)];
      const wanted = values.map(() => 0);
      groups.forEach((group, c) => {
        const scale = 1 / Math.sqrt(psi[c]! + 1e-5);
        const mean = (of: (at: number) => number): number => group.reduce((sum, at) => sum + of(at), 0) / group.length;
        for (const at of group) wanted[at] = (g[at]! - nu[c]! * values[at]! * scale) * scale;
        const [gamma, lambda] = [mean((at) => (values[at]! * scale) ** 2), mean((at) => g[at]! * values[at]! * scale)];
        nu[c] = nu[c]! * (1 - 0.3 * gamma) + 0.3 * lambda;
        psi[c] = 0.8 * psi[c]! + 0.2 * mean((at) => values[at]! ** 2);
      });
      expect(relativeError(dx.data, wanted)).toBeLessThan(1e-13);
      expect(relativeError(norm.nu.data, nu)).toBeLessThan(1e-13);
      expect(relativeError(norm.meanSquare.data, psi)).toBeLessThan(1e-13);
    }
  });
});

describe("PowerNorm with a layer scale", () => {
  it("is that without of the scaled input, with its state", () => {
    const rates = { dtype: "float64", alphaForward: 0.8, alphaBackward: 0.7, eps: 0.1 } as const;
    const norms = [new PowerNorm(3, rates), new PowerNorm(3, { ...rates, layerScale: false })] as const;
    for (const batch of batches) {
      const scaled = batch.div(batch.square().mean({ axis: 1, keepDims: true }).add(0.1).sqrt());
      const [got, want] = norms.map((norm, i) => {
        const x = (i === 0 ? batch : scaled).detach().requiresGrad_();
        const y = norm.forward(x);
        grad(y, [x], { cotangent: batch.mul(0.3).add(1) });
        return [y, norm.nu, norm.meanSquare];
      }) as [Tensor[], Tensor[]];
      got.forEach((t, i) => expect(relativeError(t.data, numbers(want[i]!))).toBeLessThan(1e-13));
    }
    const before = numbers(norms[0].nu);
    const x = batches[0]!.detach().requiresGrad_();
    grad(norms[0].eval().forward(x), [x], { cotangent: batches[1]! });
    expect(numbers(norms[0].nu)).toEqual(before);
  });
});

type Layer = BatchNorm | BatchRenorm | GhostBatchNorm | BatchLayerNorm | ConditionalBatchNorm | AdaptiveBatchNorm | TransNorm | RecurrentBatchNorm; // prettier-ignore
const unusual = { eps: 0.5, momentum: 0.3, runningVariance: "biased" } as const;
const made = { ...unusual, dtype: "float64" } as const;
const { batchNorm, batchRenorm, ghostBatchNorm, batchLayerNorm } = functional;
const { adaptiveBatchNorm, transNorm, recurrentBatchNorm } = functional;

describe("a layer hands its options and its state on to its function", () => {
  it.each<[string, Layer, readonly unknown[], (x: Tensor, given: functional.BatchNormArguments) => Tensor]>([
    ["BatchNorm", new BatchNorm(3, made), [], batchNorm],
    ["BatchRenorm", new BatchRenorm(3, { ...made, rMax: 1.1, dMax: 0.2 }), [], (x, given) => batchRenorm(x, { ...given, rMax: 1.1, dMax: 0.2 })],
    ["GhostBatchNorm", new GhostBatchNorm(3, 2, made), [], (x, given) => ghostBatchNorm(x, 2, given)],
    ["BatchLayerNorm", new BatchLayerNorm(3, 5, { ...made, zeta: 0.1 }), [], (x, given) => batchLayerNorm(x, 5, { ...given, zeta: 0.1 })],
    ["ConditionalBatchNorm", new ConditionalBatchNorm(3, 2, made), [zeros([4, 2], { dtype: "float64" })], batchNorm],
    ["AdaptiveBatchNorm", new AdaptiveBatchNorm(3, 2, made), [1], (x, given) => adaptiveBatchNorm(x, 1, given as object)],
    ["TransNorm", new TransNorm(3, made), [], (x, given) => transNorm(x, given as object)],
    ["RecurrentBatchNorm", new RecurrentBatchNorm(2, 5, { ...made, gain: 1 }), [1], (x, given) => recurrentBatchNorm(x, { ...(given as object), start: 1 })],
  ])("%s", (_, layer, others, run) => {
    const [runningMean, runningVar] = [layer.runningMean!.detach().clone(), layer.runningVar!.detach().clone()];
    const { weight, bias } = layer;
    for (const p of [weight, bias]) if (p !== undefined) assign(p, randn(p.shape, { dtype: "float64", generator }));
    [true, true, false].forEach((training, i) => {
      layer.train(training);
      const y = layer.forward(...([batches[i]!, ...others] as never as [Tensor, never])) as Tensor;
      expect(y.toArray()).toEqual(run(batches[i]!, { ...unusual, weight, bias, runningMean, runningVar, training }).toArray());
    });
    expect(layer.runningMean!.toArray()).toEqual(runningMean.toArray());
    expect(layer.runningVar!.toArray()).toEqual(runningVar.toArray());
  }); // prettier-ignore
});
