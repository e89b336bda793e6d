import { gradcheck } from "@tapegrad/autograd";
import { Generator, ones, randn, ShapeError, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Dense, functional, Residual, Sequential, StochasticDepth, stochasticDepthRates } from "../../src/index.ts";

const { stochasticDepth } = functional;

describe("stochasticDepth", () => {
  it("keeps or drops whole rows, at its rate, and keeps the expectation", () => {
    const y = stochasticDepth(ones([4000, 2, 3]), { rate: 0.3, generator: new Generator(1) });
    const rows = y.reshape([4000, 6]).toArray() as number[][];
    for (const row of rows) expect(new Set(row).size).toBe(1);
    expect(new Set(y.data)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
    const share = rows.filter(([value]) => value! > 0).length / 4000;
    expect(Math.abs(share - 0.7)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 4000));
  });

  it("keeps or drops the batch in mode batch", () => {
    const generator = new Generator(2);
    const draws = Array.from({ length: 1000 }, () => {
      const kept = new Set(stochasticDepth(ones([3, 2]), { rate: 0.3, mode: "batch", generator }).data);
      expect(kept.size).toBe(1);
      return kept.has(0) ? 0 : 1;
    });
    const share = draws.reduce<number>((sum, draw) => sum + draw, 0) / 1000;
    expect(Math.abs(share - 0.7)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 1000));
  });

  it("is the identity in evaluation and at rate 0, and zero at rate 1", () => {
    const x = randn([4, 2]);
    expect(new StochasticDepth().eval().forward(x)).toBe(x);
    expect(new StochasticDepth(0).forward(x)).toBe(x);
    for (const mode of ["row", "batch"] as const) {
      expect(new StochasticDepth(1, { mode }).forward(x).abs().max().item()).toBe(0);
    }
    expect(stochasticDepth(tensor(3), { mode: "batch", rate: 0.5 }).shape).toEqual([]);
  });

  it.each(["row", "batch"] as const)("in mode %s has gradients that finite differences agree with", (mode) => {
    // Seeds of which the batch is kept once and dropped once.
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const run = (x: Tensor): Tensor => stochasticDepth(x, { mode, rate: 0.5, generator: new Generator(seed) }).square();
      expect(gradcheck(run, [randn([5, 2], { dtype: "float64", generator: new Generator(7) })], { order: 2 }).passed).toBe(true);
    }
  }); // prettier-ignore

  it("drops what is not finite, and its gradient", () => {
    const x = tensor(new Float64Array(40).fill(NaN), { shape: [20, 2] }).requiresGrad_();
    const y = stochasticDepth(x, { rate: 0.5, generator: new Generator(3) });
    y.sum().backward();
    y.data.forEach((value, i) => expect(x.grad!.data[i]).toBe(value === 0 ? 0 : 2));
    expect(Array.from(y.data).filter((value) => value === 0).length).toBeGreaterThan(5);
  });

  it("drops a branch of Residual, which is the input then", () => {
    const generator = new Generator(4);
    const branch = new Dense(2, 2, { generator });
    const block = new Residual(new Sequential(branch, new StochasticDepth(0.4, { generator })));
    const x = randn([50, 2], { generator });
    const full = x.add(branch.forward(x).mul(1 / 0.6));
    const rows = block.forward(x).toArray() as number[][];
    const kinds = rows.map((row, i) => {
      const [dropped, kept] = [x, full].map((t) => (t.toArray() as number[][])[i]!);
      if (row.every((value, k) => value === dropped![k])) return 0;
      row.forEach((value, k) => expect(value).toBeCloseTo(kept![k]!, 5));
      return 1;
    });
    expect(new Set(kinds)).toEqual(new Set([0, 1]));
  });

  it("prints, repeats with its seed, and refuses", () => {
    expect(new StochasticDepth(0.2, { mode: "batch" }).details()).toBe("0.2, mode=batch");
    const draw = (): unknown => new StochasticDepth(0.5, { generator: new Generator(4) }).forward(ones([20, 1])).toArray();
    expect(draw()).toEqual(draw());
    expect(() => stochasticDepth(tensor(1))).toThrow(new ShapeError("stochasticDepth: expected input of shape [N, ...], got []."));
    expect(() => new StochasticDepth(1.5)).toThrow(new ValueError("StochasticDepth: expected rate in [0, 1], got 1.5."));
    expect(() => stochasticDepth(ones([1]), { mode: "sample" as "row" })).toThrow('stochasticDepth: expected mode row or batch, got sample.');
  }); // prettier-ignore
});

describe("stochasticDepthRates", () => {
  it("is the linear rule of the paper", () => {
    const [count, last] = [54, 0.5];
    const rates = stochasticDepthRates(count);
    rates.forEach((rate, i) => expect(1 - rate).toBeCloseTo(1 - ((i + 1) / count) * (1 - last), 14));
    // The paper's expected number of blocks of ResNet-110: 3/4 of 54, about 40.
    expect(rates.reduce((sum, rate) => sum + 1 - rate, 0)).toBeCloseTo((3 * 54 - 1) / 4, 10);
    expect(stochasticDepthRates(2, 1)).toEqual([0.5, 1]);
    expect(() => stochasticDepthRates(0)).toThrow("stochasticDepthRates: expected blocks to be a whole number ≥ 1, got 0.");
    expect(() => stochasticDepthRates(2, 2)).toThrow("stochasticDepthRates: expected lastRate in [0, 1], got 2.");
  }); // prettier-ignore
});
