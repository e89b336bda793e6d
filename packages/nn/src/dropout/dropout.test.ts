import { Generator, ones, randn, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Dropout, functional } from "../index.ts";

describe("Dropout", () => {
  it("drops at its rate and keeps the expectation", () => {
    const layer = new Dropout(0.3, { generator: new Generator(3) });
    const y = layer.forward(ones([100, 100]));
    const kept = Array.from(y.data).filter((v) => v !== 0);
    expect(kept.length / 1e4).toBeCloseTo(0.7, 1);
    for (const value of kept) expect(value).toBe(Math.fround(1 / 0.7));
    expect(y.mean().item()).toBeCloseTo(1, 1);
  });

  it("is the identity in evaluation and at rate 0, and zero at rate 1", () => {
    const x = randn([4]);
    expect(new Dropout().eval().forward(x)).toBe(x);
    expect(new Dropout(0).forward(x)).toBe(x);
    expect(new Dropout(1).forward(x).abs().max().item()).toBe(0);
  });

  it("passes the gradient where it passes the value", () => {
    const x = randn([50], { requiresGrad: true });
    const y = new Dropout(0.5).forward(x);
    y.sum().backward();
    y.data.forEach((value, i) => expect(x.grad?.data[i]).toBe(value === 0 ? 0 : 2));
  });

  it.each([0.5, 1])("at rate %d drops what is not finite too, and its gradient", (rate) => {
    const bad = [NaN, Infinity, -Infinity];
    const x = tensor(Array.from({ length: 60 }, (_, i) => bad[i % 3]!)).requiresGrad_();
    const y = functional.dropout(x, { rate, generator: new Generator(5) });
    y.sum().backward();
    const dropped = Array.from(y.data, (value) => value === 0);
    expect(dropped.filter(Boolean).length).toBeGreaterThan(20);
    dropped.forEach((isDropped, i) => {
      if (!isDropped) expect(y.data[i]).toBe(bad[i % 3]);
      expect(x.grad?.data[i]).toBe(isDropped ? 0 : 2);
    });
  });

  it("repeats with its generator's seed", () => {
    const draw = (): unknown => new Dropout(0.5, { generator: new Generator(4) }).forward(ones([20])).toArray();
    expect(draw()).toEqual(draw());
    expect(() => new Dropout(1.5)).toThrow("Dropout: expected rate in [0, 1], got 1.5.");
    expect(() => functional.dropout(ones([2]), { rate: NaN })).toThrow("dropout: expected rate in [0, 1], got NaN.");
  });
});
