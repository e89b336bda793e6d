import { Generator, randn, type Tensor, zeros } from "@tapegrad/tensor";
import { beforeEach, describe, expect, it } from "vitest";
import * as init from "./init.ts";
import { normalCdf, normalQuantile } from "./normal-quantile.ts";

let generator = new Generator(5);
beforeEach(() => {
  generator = new Generator(5); // whatever ran before
});
const shape = [120, 100, 2];
const [fanIn, fanOut] = [200, 240];

interface Moments {
  readonly low?: number;
  readonly high?: number;
  readonly mean?: number;
  readonly std: number;
}

/** Bounds hold for every value, moments to some percent. */
function expectMoments(drawn: Tensor, { low = -Infinity, high = Infinity, mean = 0, std }: Moments): void {
  expect(drawn.min().item()).toBeGreaterThanOrEqual(Math.fround(low));
  expect(drawn.max().item()).toBeLessThanOrEqual(Math.fround(high));
  expect(Math.abs(drawn.mean().item() - mean)).toBeLessThan(0.03 * std);
  expect(Math.abs(drawn.std().item() / std - 1)).toBeLessThan(0.03); // 3 standard errors of the longest tail
}

const uniformBy = (bound: number): Moments => ({ low: -bound, high: bound, std: bound / Math.sqrt(3) });
const leaky = Math.sqrt(2 / 1.04);

const table: readonly (readonly [string, (t: Tensor) => Tensor, Moments])[] = [
  ["uniform", (t) => init.uniform(t, { low: -1, high: 3, generator }), { low: -1, high: 3, mean: 1, std: 4 / Math.sqrt(12) }],
  ["normal", (t) => init.normal(t, { mean: 2, std: 0.5, generator }), { mean: 2, std: 0.5 }],
  ["xavierUniform", (t) => init.xavierUniform(t, { generator }), uniformBy(Math.sqrt(6 / (fanIn + fanOut)))],
  ["xavierUniform with gain", (t) => init.xavierUniform(t, { gain: 2, generator }), uniformBy(2 * Math.sqrt(6 / (fanIn + fanOut)))],
  ["xavierNormal", (t) => init.xavierNormal(t, { generator }), { std: Math.sqrt(2 / (fanIn + fanOut)) }],
  ["kaimingUniform", (t) => init.kaimingUniform(t, { generator }), uniformBy(Math.sqrt(6 / fanIn))],
  ["kaimingUniform, slope √5", (t) => init.kaimingUniform(t, { slope: Math.sqrt(5), generator }), uniformBy(1 / Math.sqrt(fanIn))],
  ["kaimingUniform, fanOut", (t) => init.kaimingUniform(t, { mode: "fanOut", nonlinearity: "relu", generator }), uniformBy(Math.sqrt(6 / fanOut))],
  ["kaimingNormal", (t) => init.kaimingNormal(t, { generator }), { std: Math.sqrt(2 / fanIn) }],
  ["kaimingNormal, slope 0.2", (t) => init.kaimingNormal(t, { slope: 0.2, generator }), { std: leaky / Math.sqrt(fanIn) }],
  ["lecunNormal", (t) => init.lecunNormal(t, { generator }), { std: 1 / Math.sqrt(fanIn) }],
  ["lecunUniform", (t) => init.lecunUniform(t, { generator }), uniformBy(Math.sqrt(3 / fanIn))],
  ["varianceScaling", (t) => init.varianceScaling(t, { generator }), { low: -2.2737 / Math.sqrt(fanIn), high: 2.2737 / Math.sqrt(fanIn), std: 1 / Math.sqrt(fanIn) }],
  ["varianceScaling, uniform", (t) => init.varianceScaling(t, { distribution: "uniform", mode: "fanAvg", generator }), uniformBy(Math.sqrt(6 / (fanIn + fanOut)))],
  ["varianceScaling, normal", (t) => init.varianceScaling(t, { scale: 2, distribution: "normal", mode: "fanOut", generator }), { std: Math.sqrt(2 / fanOut) }],
  ["varianceScaling, fanGeoAvg", (t) => init.varianceScaling(t, { scale: 3, mode: "fanGeoAvg", generator }), { std: Math.sqrt(3 / Math.sqrt(fanIn * fanOut)) }],
  ["truncatedNormal", (t) => init.truncatedNormal(t, { generator }), { low: -2, high: 2, std: 0.8796256610342398 }],
  ["truncatedNormal, one side", (t) => init.truncatedNormal(t, { mean: 1, std: 2, low: -1, high: 2, generator }), { low: -1, high: 2, mean: 0.5867375638769339, std: 0.8313200565040956 }],
  ["truncatedNormal, upper tail", (t) => init.truncatedNormal(t, { low: 4, high: 9, generator }), { low: 4, high: 9, mean: 4.225607, std: 0.2169 }],
]; // prettier-ignore

describe("distributions", () => {
  it.each(table)("%s", (_, fill, moments) => {
    for (const dtype of ["float32", "float64"] as const) {
      const target = zeros(shape, { dtype });
      expect(fill(target)).toBe(target);
      expect(target.dtype).toBe(dtype);
      expectMoments(target, moments);
    }
  });

  it.each(["truncatedNormal", "normal", "uniform"] as const)("varianceScaling has Keras' deviations, %s", (distribution) => {
    const big = { truncatedNormal: 2 / 0.87962566103423978, normal: Infinity, uniform: Math.sqrt(3) }[distribution];
    const kernel = [3, 3, 40, 60];
    const fans = { fanIn: 360, fanOut: 540, fanAvg: 450, fanGeoAvg: Math.sqrt(360 * 540) };
    for (const [mode, fan] of Object.entries(fans) as [keyof typeof fans, number][]) {
      const std = Math.sqrt(2 / fan);
      const options = { scale: 2, mode, distribution, generator };
      const drawn = init.varianceScaling(zeros(kernel), { ...options, inputAxes: [0, 1, 2], outputAxes: [0, 1, -1] });
      expectMoments(drawn, { low: -big * std, high: big * std, std });
      expectMoments(init.varianceScaling(zeros([60, 40, 3, 3]), options), { low: -big * std, high: big * std, std });
    }
    // Projections of attention, from [features] to [heads, extent] and back.
    const into = init.varianceScaling(zeros([32, 40, 16]), { distribution, mode: "fanOut", inputAxes: [0], outputAxes: [1, 2], generator });
    expectMoments(into, { std: Math.sqrt(1 / 640) });
    expectMoments(init.varianceScaling(zeros([32, 40, 16]), { distribution, inputAxes: [0, 1], outputAxes: [2], generator }), { std: Math.sqrt(1 / 1280) });
  }); // prettier-ignore

  it("are the same for the same seed", () => {
    const draw = (): unknown => init.xavierNormal(zeros([3, 4]), { generator: new Generator(7) }).toArray();
    expect(draw()).toEqual(draw());
  });

  it("constant, ones, zeros", () => {
    expect(init.constant(zeros([2]), 3).toArray()).toEqual([3, 3]);
    expect(init.zeros(init.ones(zeros([2]))).toArray()).toEqual([0, 0]);
  });
});

describe("orthogonal", () => {
  it.each([
    [[4, 4], 1],
    [[3, 6], 1],
    [[6, 3], 2],
    [[4, 2, 3], Math.SQRT2],
    [[8, 2, 2, 2], 0.5],
  ])("%j with gain %d", (size, gain) => {
    const weight = init.orthogonal(zeros(size, { dtype: "float64" }), { gain, generator });
    const rows = size[0] ?? 0;
    const matrix = weight.reshape([rows, weight.size / rows]);
    const wide = rows <= weight.size / rows ? matrix : matrix.transpose();
    const product = wide.matmul(wide.transpose());
    product.data.forEach((value, i) => {
      const diagonal = i % ((wide.shape[0] ?? 0) + 1) === 0;
      expect(value).toBeCloseTo(diagonal ? gain * gain : 0, 12);
    });
  });
});

describe("deltaOrthogonal", () => {
  it.each([[[4, 4, 3], 1], [[6, 3, 3, 5], 2], [[2, 1, 1, 1, 2], 0.5]])("%j with gain %d keeps lengths", (size, gain) => {
    const weight = init.deltaOrthogonal(randn(size, { dtype: "float64", generator }), { gain, generator });
    const [out = 0, inside = 0, ...window] = size;
    const flat = weight.reshape([out, inside, weight.size / out / inside]);
    const middle = window.reduce((at, extent) => at * extent + Math.floor(extent / 2), 0);
    const tap = flat.slice([], [], middle);
    tap.transpose().matmul(tap).data.forEach((value, i) => expect(value).toBeCloseTo(i % (inside + 1) === 0 ? gain * gain : 0, 12));
    expect(weight.square().sum().item()).toBeCloseTo(tap.square().sum().item(), 12);
  }); // prettier-ignore
});

describe("fixup", () => {
  const branch = (...shapes: number[][]): Tensor[] => shapes.map((shape) => init.ones(zeros(shape, { dtype: "float64" })));
  const std = (weight: Tensor): number => Math.sqrt(weight.square().mean().item());

  it("scales all but the last layer of each branch by L^(−1/(2m − 2)), and makes the last one 0", () => {
    const branches = [branch([64, 32, 3, 3], [32, 64, 1, 1]), branch([200, 300], [100, 200], [300, 100]), ...Array.from({ length: 14 }, () => branch([2, 2]))];
    init.fixup(branches, { generator });
    for (const weights of branches) expect(std(weights.at(-1)!)).toBe(0);
    const [convolutions, dense] = branches as [Tensor[], Tensor[]];
    expect(std(convolutions[0]!) / (Math.sqrt(2 / (32 * 9)) * 16 ** -0.5)).toBeCloseTo(1, 1);
    expect(std(dense[0]!) / (Math.sqrt(2 / 300) * 16 ** -0.25)).toBeCloseTo(1, 1);
    expect(std(dense[1]!) / (Math.sqrt(2 / 200) * 16 ** -0.25)).toBeCloseTo(1, 1);
    init.fixup([dense], { generator, mode: "fanOut" });
    expect(std(dense[0]!) / Math.sqrt(2 / 200)).toBeCloseTo(1, 1);
  });

  it("changes nothing when a weight is none", () => {
    const [first, second] = branch([4, 4], [4]);
    expect(() => init.fixup([[first!, second!, first!]], { generator })).toThrow("fixup: expected a weight of at least 2 axes, got shape [4].");
    expect(first!.eq(1).all().item()).toBe(1);
    expect(() => init.fixup([first!] as never)).toThrow("fixup: expected branches to be a list of lists of tensors, got");
    expect(() => init.fixup([[]])).toThrow("fixup: expected the weights of at least one layer in every branch, got none.");
  });
}); // prettier-ignore

describe("eye, dirac, sparse", () => {
  it("eye passes what goes in, as far as the shape allows", () => {
    expect(init.eye(randn([2, 3], { generator })).toArray()).toEqual([[1, 0, 0], [0, 1, 0]]); // prettier-ignore
    expect(init.eye(zeros([2, 1], { dtype: "float64" })).toArray()).toEqual([[1], [0]]);
    expect(init.eye(randn([2, 2], { generator }), { gain: -3 }).add(0).toArray()).toEqual([[-3, 0], [0, -3]]); // prettier-ignore
  });

  it.each([
    { shape: [4, 4, 3], groups: 1, passed: 4 },
    { shape: [4, 2, 3, 3], groups: 2, passed: 4 },
    { shape: [6, 2, 3, 1, 5], groups: 2, passed: 4 },
    { shape: [2, 3, 4], groups: 1, passed: 2 },
  ])("dirac of $shape in $groups groups passes $passed channels", ({ shape, groups, passed }) => {
    const weight = init.dirac(randn(shape, { generator }), { groups });
    const [out = 0, inside = 0, ...window] = shape;
    expect(weight.sum().item()).toBe(passed);
    for (let o = 0; o < out; o++) {
      const middle = window.map((extent) => Math.floor(extent / 2));
      const i = o % (out / groups);
      if (i < inside) expect(weight.slice(o, i, ...middle).item()).toBe(1);
    }
  });

  it("sparse zeroes the same number in every column, at random rows", () => {
    const weight = init.sparse(zeros([200, 50], { dtype: "float64" }), { sparsity: 0.299, std: 0.1, generator });
    const empty = weight.eq(0).to("int32");
    expect(new Set(empty.sum({ axis: 0 }).data)).toEqual(new Set([60]));
    const perRow = empty.sum({ axis: 1 });
    expect(perRow.min().item()).toBeGreaterThan(2);
    expect(perRow.max().item()).toBeLessThan(35);
    const moment = weight.square().sum().item() / (140 * 50);
    expect(Math.abs(Math.sqrt(moment) / 0.1 - 1)).toBeLessThan(0.04);
    expect(init.sparse(zeros([2, 2]), { sparsity: 1 }).toArray()).toEqual([[0, 0], [0, 0]]); // prettier-ignore
  });
});

describe("gain and fans", () => {
  it.each([
    ["linear", 1],
    ["conv2d", 1],
    ["sigmoid", 1],
    ["tanh", 5 / 3],
    ["relu", Math.SQRT2],
    ["leakyRelu", 1.4141428569978354],
    ["selu", 0.75],
  ] as const)("gain of %s", (nonlinearity, want) => {
    expect(init.gain(nonlinearity)).toBeCloseTo(want, 14);
  });

  it("fans count the window", () => {
    expect(init.fans(zeros([6, 4, 3, 3]))).toEqual({ fanIn: 36, fanOut: 54 });
    expect(init.gain("leakyRelu", 0.2)).toBeCloseTo(1.3867504905630728, 14);
  });
});

describe("the normal quantile", () => {
  it("inverts the distribution function in both tails", () => {
    for (const z of [-12, -8, -5, -2.5, -1, -0.1, 0, 0.7, 3, 5]) {
      expect(normalQuantile(normalCdf(z))).toBeCloseTo(z, 7);
    }
    expect(normalCdf(-5)).toBeCloseTo(2.866515718791939e-7, 19);
    expect(normalCdf(-6)).toBeCloseTo(9.865876450376981e-10, 22);
    expect(normalCdf(1)).toBeCloseTo(0.8413447460685429, 14);
  });
});

describe("errors", () => {
  it.each<readonly [() => unknown, string]>([
    [() => init.xavierUniform(zeros([5])), "xavierUniform: expected a weight of at least 2 axes, got shape [5]."],
    [() => init.deltaOrthogonal(zeros([5, 2])), "deltaOrthogonal: expected a weight of 3 to 5 axes, got shape [5, 2]."],
    [() => init.deltaOrthogonal(zeros([2, 5, 3])), "deltaOrthogonal: expected no more channels in than out, got shape [2, 5, 3]."],
    [() => init.orthogonal(zeros([5])), "orthogonal: expected a weight of at least 2 axes, got shape [5]."],
    [() => init.kaimingNormal(zeros([5, 2]), { mode: "fanAvg" as "fanIn" }), "kaimingNormal: expected mode fanIn or fanOut, got fanAvg."],
    [() => init.gain("swish" as "relu"), "gain: expected one of linear, conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d, sigmoid, tanh, relu, leakyRelu, selu, got \"swish\"."],
    [() => init.varianceScaling(zeros([5, 2]), { inputAxes: [0] }), "varianceScaling: expected inputAxes and outputAxes, or neither, got inputAxes alone."],
    [() => init.varianceScaling(zeros([5, 2]), { outputAxes: [0] }), "varianceScaling: expected inputAxes and outputAxes, or neither, got outputAxes alone."],
    [() => init.varianceScaling(zeros([5, 2]), { inputAxes: [2], outputAxes: [0] }), "varianceScaling: expected an axis in [-2, 1], got 2."],
    [() => init.varianceScaling(zeros([5, 2]), { scale: 0 }), "varianceScaling: expected scale > 0, got 0."],
    [() => init.varianceScaling(zeros([5, 2]), { mode: "fan_in" as "fanIn" }), "varianceScaling: expected mode fanIn, fanOut, fanAvg or fanGeoAvg, got fan_in."],
    [() => init.eye(zeros([5, 2]), { gain: NaN }), "eye: expected gain to be a finite number, got NaN."],
    [() => init.uniform(zeros([2]), { low: 2, high: 1 }), "uniform: expected low ≤ high, got low 2 and high 1."],
    [() => init.normal(zeros([2]), { std: -1 }), "normal: expected std ≥ 0, got -1."],
    [() => init.truncatedNormal(zeros([2]), { low: 1, high: 1 }), "truncatedNormal: expected low < high, got low 1 and high 1."],
    [() => init.truncatedNormal(zeros([2]), { std: 0 }), "truncatedNormal: expected std > 0, got 0."],
    [() => init.kaimingUniform(zeros([5, 2]), { nonlinearity: "leaky" as "relu" }), "gain: expected one of linear, conv1d,"],
    [() => init.uniform(zeros([2]), { high: Infinity }), "uniform: expected high to be a finite number, got Infinity."],
    [() => init.sparse(zeros([5, 2]), {} as { sparsity: number }), "sparse: expected sparsity in [0, 1], got undefined."],
    [() => init.dirac(zeros([5, 2, 3]), { groups: 0 }), "dirac: expected groups to be a whole number ≥ 1, got 0."],
    [() => init.uniform(zeros([2], { dtype: "int32" })), "uniform: expected a float32 or float64 tensor, got int32."],
    [() => init.eye(zeros([5])), "eye: expected a matrix, got shape [5]."],
    [() => init.dirac(zeros([5, 2])), "dirac: expected a weight of 3 to 5 axes, got shape [5, 2]."],
    [() => init.dirac(zeros([5, 2, 3]), { groups: 2 }), "dirac: expected groups to divide the 5 output channels, got 2."],
    [() => init.sparse(zeros([5, 2, 3]), { sparsity: 0.5 }), "sparse: expected a matrix, got shape [5, 2, 3]."],
    [() => init.sparse(zeros([5, 2]), { sparsity: 1.5 }), "sparse: expected sparsity in [0, 1], got 1.5."],
    ...[{ slope: 1 }, "0.2", null, NaN, Infinity].map((slope): [() => unknown, string] => [
      () => init.gain("leakyRelu", slope as number), "gain: expected slope to be a finite number, got",
    ]),
    [() => init.gain("relu", [1] as unknown as number), "gain: expected slope to be a finite number, got [1]."],
    [() => init.kaimingUniform(zeros([5, 2]), { slope: "1" as unknown as number }), 'kaimingUniform: expected slope to be a finite number, got "1".'],
    [() => init.constant(zeros([2]), "1" as unknown as number), 'constant: expected value to be a number, got "1".'],
    [() => init.constant(zeros([2]), NaN), "constant: expected value to be a number, got NaN."],
    [() => init.orthogonal(zeros([2, 2]), { gain: NaN }), "orthogonal: expected gain to be a finite number, got NaN."],
    [() => init.normal(zeros([2]), { sd: 1 } as object), 'normal: expected options mean, std, generator, got "sd".'],
  ])("%#: %s", (run, message) => {
    expect(run).toThrow(message);
  }); // prettier-ignore
});
