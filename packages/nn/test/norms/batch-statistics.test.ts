import { eye, Generator, ones, randn, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { EvoNormB0, functional, IterNorm, L1BatchNorm, SPADE } from "../../src/index.ts";
import { channelGroups, channelIndex } from "./naive-norm.ts";
import { disturbed, expectDerivatives, numbers, relativeError } from "./norm-case.ts";

const { batchInstanceNorm, batchNorm, evoNormB0, instanceNorm, iterNorm, l1BatchNorm, switchableNorm } = functional;
const generator = new Generator(163);
const shape = [4, 3, 2];
const draw = (...of: readonly number[]): Tensor => randn(of, { dtype: "float64", generator });
const batches = Array.from({ length: 3 }, () => draw(...shape).mul(2).add(0.7)); // prettier-ignore
const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const follow = (running: number, batch: number): number => 0.7 * running + 0.3 * batch;
const made = { dtype: "float64", momentum: 0.3, eps: 0.1 } as const;

/** The values of each channel. */
function channelsOf(x: Tensor): number[][] {
  const values = numbers(x);
  return channelGroups(x.shape).map((group) => group.map((at) => values[at]!));
}

describe("L1BatchNorm", () => {
  const norm = disturbed(new L1BatchNorm(3, made));
  const [mean, deviation] = [[0, 0, 0], [1, 1, 1]]; // prettier-ignore

  it("follows mean and deviation of the batches, in loops, and evaluates by them", () => {
    for (const batch of batches) {
      const { weight, bias, eps } = { weight: norm.weight, bias: norm.bias, eps: 0.1 };
      expect(norm.forward(batch).toArray()).toEqual(l1BatchNorm(batch, { weight, bias, eps }).toArray());
      channelsOf(batch).forEach((values, c) => {
        const center = average(values);
        mean[c] = follow(mean[c]!, center);
        const distance = average(values.map((value) => Math.abs(value - center)));
        deviation[c] = follow(deviation[c]!, Math.sqrt(Math.PI / 2) * distance);
      });
    }
    expect(relativeError(norm.runningMean.data, mean)).toBeLessThan(1e-14);
    expect(relativeError(norm.runningDeviation.data, deviation)).toBeLessThan(1e-14);
    const channel = channelIndex(shape);
    const want = numbers(batches[0]!).map((value, at) => {
      const c = channel[at]!;
      return (norm.weight!.data[c]! * (value - mean[c]!)) / (deviation[c]! + 0.1) + norm.bias!.data[c]!;
    });
    expect(relativeError(norm.eval().forward(batches[0]!).data, want)).toBeLessThan(1e-14);
  });

  it("has the derivatives of its evaluation", () => {
    const running = { runningMean: norm.runningMean.detach(), runningDeviation: norm.runningDeviation.detach() };
    expectDerivatives((x, weight, bias) => l1BatchNorm(x!, { ...running, weight, bias }), [batches[0]!, draw(3), draw(3)]); // prettier-ignore
  });

  it("has the deviation of BatchNorm for normal values", () => {
    const x = randn([200_000, 1], { dtype: "float64", generator }).mul(3).add(5);
    const ratio = l1BatchNorm(x).div(batchNorm(x)).mean().item();
    expect(Math.abs(ratio - 1)).toBeLessThan(5e-3);
  });
});

describe("EvoNormB0", () => {
  it("follows the biased variance of the batches, in loops, and evaluates by it", () => {
    const norm = disturbed(new EvoNormB0(3, made));
    const variance = [1, 1, 1];
    for (const batch of batches) {
      const { v, weight, bias } = norm;
      expect(norm.forward(batch).toArray()).toEqual(evoNormB0(batch, v, { weight, bias, eps: 0.1 }).toArray());
      channelsOf(batch).forEach((values, c) => {
        const center = average(values);
        variance[c] = follow(variance[c]!, average(values.map((value) => (value - center) ** 2)));
      });
    }
    expect(relativeError(norm.runningVar.data, variance)).toBeLessThan(1e-14);
    const values = numbers(batches[0]!);
    const want = values.map((value, at) => {
      const [c, first] = [Math.floor(at / 2) % 3, 2 * Math.floor(at / 2)];
      const instance = ((values[first]! - values[first + 1]!) / 2) ** 2;
      const divisor = Math.max(Math.sqrt(variance[c]! + 0.1), norm.v.data[c]! * value + Math.sqrt(instance + 0.1));
      return (norm.weight!.data[c]! * value) / divisor + norm.bias!.data[c]!;
    });
    expect(relativeError(norm.eval().forward(batches[0]!).data, want)).toBeLessThan(1e-14);
    const runningVar = norm.runningVar.detach();
    expectDerivatives((x, v, weight, bias) => evoNormB0(x!, v!, { runningVar, weight, bias }), [batches[0]!, draw(3).abs(), draw(3), draw(3)]); // prettier-ignore
  });

  it("divides some elements by what depends on them, and others not", () => {
    const x = draw(6, 1, 4);
    const deviation = x.variance({ correction: 0 }).add(1e-5).sqrt().item();
    const quotients = numbers(x.div(evoNormB0(x, ones([1], { dtype: "float64" }))));
    const larger = quotients.filter((value) => value > deviation * (1 + 1e-9)).length;
    expect(larger).toBeGreaterThan(0);
    expect(larger).toBeLessThan(x.size);
    expect(Math.min(...quotients)).toBeCloseTo(deviation, 12);
  });
});

describe("IterNorm", () => {
  const options = { groups: 2, eps: 1e-3 };

  it("whitens: with many steps W·Σ·W = I, and W is symmetric and positive, which is ZCA alone", () => {
    const x = draw(40, 6).matmul(draw(6, 6)).add(3);
    const runningMean = zeros([6], { dtype: "float64" });
    const runningWhitening = zeros([2, 3, 3], { dtype: "float64" });
    const y = iterNorm(x, { ...options, iterations: 40, runningMean, runningWhitening, training: true, momentum: 1 });
    expect(relativeError(runningMean.data, numbers(x.mean({ axis: 0 })))).toBeLessThan(1e-14);
    for (const group of [0, 1]) {
      const [w, part] = [runningWhitening.slice(group), x.sub(x.mean({ axis: 0 })).slice([], [3 * group, 3 * group + 3])];
      const sigma = part.transpose().matmul(part).div(40).add(eye(3, 3, { dtype: "float64" }).mul(1e-3));
      expect(relativeError(w.matmul(sigma).matmul(w).data, numbers(eye(3)))).toBeLessThan(1e-10);
      expect(relativeError(w.data, numbers(w.transpose()))).toBeLessThan(1e-12);
      const [minor, whole] = [w.slice([0, 2], [0, 2]), w].map((m) => determinant(m.toArray() as number[][]));
      expect(w.at(0, 0).item()).toBeGreaterThan(0);
      expect(minor).toBeGreaterThan(0);
      expect(whole).toBeGreaterThan(0);
      expect(relativeError(y.slice([], [3 * group, 3 * group + 3]).data, numbers(part.matmul(w)))).toBeLessThan(1e-12);
    }
  }); // prettier-ignore

  it("leaves channels of one group alone that vary apart but for their deviations", () => {
    const x = draw(4000, 3).mul(draw(3).abs().add(0.5));
    expect(relativeError(iterNorm(x, { groups: 3, iterations: 30 }).data, numbers(batchNorm(x)))).toBeLessThan(1e-10);
  });

  it("follows mean and whitening matrices, and evaluates by them", () => {
    const norm = disturbed(new IterNorm(4, { ...made, groups: 2, iterations: 3 }));
    let [mean, matrices] = [zeros([4], { dtype: "float64" }), eye(2, 2, { dtype: "float64" }).add(zeros([2, 1, 1]))];
    for (let i = 0; i < 3; i++) {
      const x = draw(5, 4, 2).add(1);
      const [runningMean, runningWhitening] = [mean.clone(), matrices.clone()];
      const batch = { runningMean, runningWhitening, training: true, momentum: 1, eps: 0.1, groups: 2, iterations: 3 };
      const { weight, bias } = norm;
      expect(norm.forward(x).toArray()).toEqual(iterNorm(x, { ...batch, weight, bias }).toArray());
      [mean, matrices] = [mean.mul(0.7).add(runningMean.mul(0.3)), matrices.mul(0.7).add(runningWhitening.mul(0.3))];
    }
    expect(relativeError(norm.runningMean.data, numbers(mean))).toBeLessThan(1e-14);
    expect(relativeError(norm.runningWhitening.data, numbers(matrices))).toBeLessThan(1e-14);
    const x = draw(3, 4);
    const centred = x.sub(mean);
    const parts = [0, 1].map((group) => centred.slice([], [2 * group, 2 * group + 2]).matmul(matrices.slice(group).transpose()));
    const y = norm.eval().forward(x);
    parts.forEach((part, group) => {
      const at = [2 * group, 2 * group + 2] as [number, number];
      const want = part.mul(norm.weight!.detach().slice(at)).add(norm.bias!.detach().slice(at));
      expect(relativeError(y.slice([], at).data, numbers(want))).toBeLessThan(1e-14);
    });
    const running = { runningMean: mean, runningWhitening: matrices, groups: 2 };
    expectDerivatives((at, weight, bias) => iterNorm(at!, { ...running, weight, bias }), [x, draw(4), draw(4)]);
  }); // prettier-ignore

  it("does not become infinite or NaN of fewer samples than channels, nor of channels that do not vary", () => {
    const x = randn([2, 6, 1], { generator });
    for (const y of [iterNorm(x), iterNorm(x.mul(0).add(1e4))]) expect(y.data.every(Number.isFinite)).toBe(true);
  });
});

function determinant(m: number[][]): number {
  if (m.length === 1) return m[0]![0]!;
  return m[0]!.reduce((sum, value, j) => sum + (j % 2 === 0 ? 1 : -1) * value * determinant(m.slice(1).map((row) => row.filter((_, k) => k !== j))), 0);
} // prettier-ignore

describe("SPADE", () => {
  const x = draw(2, 3, 4, 3);
  const map = draw(2, 2, 4, 3);

  it("makes γ − 1 and β of a map by two convolutions, by batches and by instances", () => {
    for (const statistics of ["batch", "instance"] as const) {
      const norm = disturbed(new SPADE(3, 2, { ...made, statistics, hiddenChannels: 5, size: 3 }));
      const same = { padding: 1 } as const;
      const { shared, modulation } = norm;
      const hidden = functional.conv2d(map, shared.weight, shared.bias, same).relu();
      const both = functional.conv2d(hidden, modulation.weight, modulation.bias, same);
      const [gain, shift] = [both.slice([], [0, 3]).add(1), both.slice([], [3, 6])];
      const normalized = statistics === "batch" ? batchNorm(x, { eps: 0.1 }) : instanceNorm(x, { eps: 0.1 });
      const want = normalized.mul(gain).add(shift);
      expect(relativeError(norm.forward(x, map).data, numbers(want))).toBeLessThan(1e-14);
      expect(Object.keys(norm.stateDict()).includes("running_mean")).toBe(statistics === "batch");
      norm.eval();
      const evaluated = norm.forward(x, map);
      if (statistics === "instance") expect(relativeError(evaluated.data, numbers(want))).toBeLessThan(1e-14);
      else {
        const running = { runningMean: norm.runningMean, runningVar: norm.runningVar, training: false, eps: 0.1 };
        expect(relativeError(evaluated.data, numbers(batchNorm(x, running).mul(gain).add(shift)))).toBeLessThan(1e-14);
      }
    }
  });

  it("has the derivatives of its evaluation", () => {
    const running = { runningMean: draw(3), runningVar: draw(3).square().add(0.5), training: false };
    expectDerivatives((at, weight, bias) => functional.spade(at!, { ...running, weight, bias }), [x, draw(2, 3, 4, 3), draw(2, 3, 4, 3)]); // prettier-ignore
  });
});

describe("float32 inputs far from 0 keep their digits", () => {
  const x = randn([6, 3, 5], { dtype: "float64", generator }).add(1e5).to("float32");
  const wide = x.to("float64");
  const weights = [draw(3), draw(3)] as const;
  it.each<[string, (x: Tensor) => Tensor]>([
    ["switchableNorm", (at) => switchableNorm(at, weights[0].to(at.dtype), weights[1].to(at.dtype))],
    ["batchInstanceNorm", (at) => batchInstanceNorm(at, weights[0].to(at.dtype))],
    ["l1BatchNorm", (at) => l1BatchNorm(at)],
    ["iterNorm", (at) => iterNorm(at)],
    ["positionalNorm", (at) => functional.positionalNorm(at)],
  ])("%s", (_, run) => {
    expect(relativeError(run(x).data, numbers(run(wide)))).toBeLessThan(2e-6);
  });
});
