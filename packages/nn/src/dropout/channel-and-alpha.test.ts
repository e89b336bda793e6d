import { Generator, ones, randn, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { AlphaDropout, FeatureAlphaDropout, functional, SpatialDropout } from "../index.ts";

const { alphaDropout, featureAlphaDropout, spatialDropout } = functional;

describe("alphaDropout", () => {
  // What PyTorch 1.13 makes of dropped, 0 and 1.
  it.each([
    [0.05, -1.5947758716823934, 0.08393557219381019, 1.0387800481988412],
    [0.2, -1.2361598485763778, 0.30903996214409446, 1.1879435455876273],
    [0.5, -0.7791939305180315, 0.7791939305180315, 1.6655988251839635],
    [0.9, -0.2858859888252616, 2.5729738994273568, 4.199082175467488],
  ])("at rate %f is PyTorch's", (rate, dropped, zero, one) => {
    const x = tensor(Float64Array.from({ length: 400 }, (_, i) => i % 2));
    const y = alphaDropout(x, { rate, generator: new Generator(1) });
    const share = Array.from(y.data).filter((value, i) => {
      const isDropped = Math.abs(value - dropped) < 1e-12;
      if (!isDropped) expect(value).toBeCloseTo(i % 2 === 0 ? zero : one, 12);
      return isDropped;
    });
    expect(Math.abs(share.length / 400 - rate)).toBeLessThan(0.1);
  });

  it.each([0.05, 0.5, 0.9])("at rate %f keeps mean 0 and variance 1", (rate) => {
    const x = randn([100_000], { generator: new Generator(2) });
    const y = alphaDropout(x, { rate, generator: new Generator(3) });
    expect(Math.abs(y.mean().item())).toBeLessThan(0.02);
    expect(Math.abs(y.square().mean().item() - 1)).toBeLessThan(0.03);
  });

  it("passes a times the gradient where it keeps, and drops what is not finite", () => {
    const bad = [NaN, Infinity, 2];
    const x = tensor(Float64Array.from({ length: 60 }, (_, i) => bad[i % 3]!)).requiresGrad_();
    const y = alphaDropout(x, { rate: 0.5, generator: new Generator(5) });
    y.sum().backward();
    const a = 1.6655988251839635 - 0.7791939305180315;
    y.data.forEach((value, i) => {
      const isDropped = Math.abs(value + 0.7791939305180315) < 1e-12;
      if (!isDropped && i % 3 === 2) expect(value).toBeCloseTo(2 * a + 0.7791939305180315, 12);
      if (!isDropped && i % 3 < 2) expect(value).toBe(bad[i % 3]);
      expect(x.grad!.data[i]).toBeCloseTo(isDropped ? 0 : a, 12);
    });
  });
});

describe.each([
  ["spatialDropout", spatialDropout, SpatialDropout],
  ["featureAlphaDropout", featureAlphaDropout, FeatureAlphaDropout],
] as const)("%s", (name, fn, Layer) => {
  it("keeps or drops whole channels of every sample", () => {
    const x = ones([40, 30, 2, 3]);
    const y = fn(x, { rate: 0.3, generator: new Generator(6) });
    const flat = y.reshape([1200, 6]).toArray() as number[][];
    for (const channel of flat) expect(new Set(channel).size).toBe(1);
    const kept = flat.filter(([value]) => value! > 0.5).length / 1200;
    expect(Math.abs(kept - 0.7)).toBeLessThan(0.05);
    const first = new Set(flat.slice(0, 30).map(([value]) => value));
    expect(first.size).toBe(2);
    if (name === "spatialDropout") expect(first).toEqual(new Set([0, Math.fround(1 / 0.7)]));
  });

  it("refuses what has no channels", () => {
    expect(() => fn(ones([4]))).toThrow(`${name}: expected input of shape [N, C, ...], got [4].`);
    expect(() => fn(ones([4, 1]), { rate: 2 })).toThrow(`${name}: expected rate in [0, 1], got 2.`);
    expect(() => new Layer(-1)).toThrow(`${Layer.name}: expected rate in [0, 1], got -1.`);
  });
});

describe.each([AlphaDropout, FeatureAlphaDropout, SpatialDropout])("%s", (Layer) => {
  it("is the identity in evaluation and at rate 0, zero at rate 1, and repeats with its seed", () => {
    const x = randn([4, 3, 2]);
    expect(new Layer().eval().forward(x)).toBe(x);
    expect(new Layer(0).forward(x)).toBe(x);
    expect(new Layer(1).forward(x).abs().max().item()).toBe(0);
    const draw = (): unknown => new Layer(0.5, { generator: new Generator(4) }).forward(x).toArray();
    expect(draw()).toEqual(draw());
    expect(new Layer(0.25).details()).toBe("0.25");
  });
});
