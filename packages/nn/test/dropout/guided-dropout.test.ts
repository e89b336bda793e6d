import { gradcheck } from "@tapegrad/autograd";
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
} from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functional, GuidedDropout } from "../../src/index.ts";

const { dropout, guidedDropout } = functional;
const dtype = "float64";
const strength = tensor([0.5, -3, 2, 0.25, 1], { dtype });
const modes = ["topK", "active"] as const;

describe("guidedDropout", () => {
  it("drops the strongest, by their absolute values", () => {
    const x = randn([3, 5, 2], { dtype, generator: new Generator(1) });
    const y = guidedDropout(x, strength, { rate: 0.4 });
    y.data.forEach((value, i) => {
      const node = Math.floor(i / 2) % 5;
      const want = node === 1 || node === 2 ? 0 : (x.data[i]! * strength.data[node]!) / 0.6;
      expect(value).toBeCloseTo(want, 13);
    });
    // Halves go up, equal strengths by their order.
    expect(guidedDropout(ones([1, 3]), ones([3]), { rate: 0.5 }).toArray()).toEqual([[0, 0, 3]]);
    expect(guidedDropout(ones([1, 3]), ones([3]), { rate: 0.1 }).toArray()).toEqual([[1, 1, 1]]);
    expect(guidedDropout(ones([1, 3]), ones([3]), { rate: 1 }).toArray()).toEqual([[0, 0, 0]]);
  });

  it("draws among the active nodes alone, for each sample", () => {
    const n = 4000;
    const y = guidedDropout(ones([n, 5], { dtype }), strength, { rate: 0.3, mode: "active", region: 0.6, generator: new Generator(2) });
    const rows = y.toArray() as number[][];
    for (let node = 0; node < 5; node++) {
      const [values, t] = [rows.map((row) => row[node]!), strength.data[node]!];
      const isActive = [1, 2, 4].includes(node);
      const share = values.filter((value) => value === 0).length / n;
      if (isActive) expect(Math.abs(share - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / n));
      else expect(share).toBe(0);
      for (const value of values) if (value !== 0) expect(value).toBeCloseTo(isActive ? t / 0.7 : t, 12);
    }
    expect(new Set(rows.map((row) => row.map((value) => value === 0).toString())).size).toBe(8);
  }); // prettier-ignore

  it("is dropout where all nodes are active and of strength 1", () => {
    const x = randn([20, 5]);
    const options = (): functional.DropoutOptions => ({ rate: 0.4, generator: new Generator(3) });
    const guided = guidedDropout(x, ones([5]), { ...options(), mode: "active", region: 1 });
    expect(guided.toArray()).toEqual(dropout(x, options()).toArray());
  });

  it("is t ⊙ x in evaluation and where nothing is dropped", () => {
    const x = randn([3, 5], { dtype });
    const want = x.mul(strength).toArray();
    const calls = [{ training: false }, { rate: 0 }, { rate: 0.01 }, { mode: "active", region: 0 }] as const;
    for (const options of calls) expect(guidedDropout(x, strength, options).toArray()).toEqual(want);
    expect(guidedDropout(x, strength, { mode: "active", region: 1, rate: 1 }).abs().max().item()).toBe(0);
  });

  it.each(modes)("in mode %s has gradients that finite differences agree with, the choice frozen", (mode) => {
    const run = (...[x, t]: Tensor[]): Tensor =>
      guidedDropout(x!, t!, { rate: 0.4, mode, generator: new Generator(4) }).square();
    const x = randn([3, 5, 2], { dtype, generator: new Generator(5) });
    expect(gradcheck(run, [x, strength], { order: 2 }).passed).toBe(true);
  });

  it.each(modes)("in mode %s drops what is not finite", (mode) => {
    const x = tensor([[NaN, NaN, NaN]]).requiresGrad_();
    const y = guidedDropout(x, ones([3]), { rate: 1, mode, region: 1 });
    y.sum().backward();
    expect([y.toArray(), x.grad!.toArray()]).toEqual([[[0, 0, 0]], [[0, 0, 0]]]);
  });

  it.each<readonly [() => unknown, new (message: string) => Error, string]>([
    [() => guidedDropout(ones([3]), ones([3])), ShapeError, "guidedDropout: expected input of shape [N, C, ...], got [3]."],
    [() => guidedDropout(ones([2, 3]), ones([2])), ShapeError, "guidedDropout: expected strength of shape [3], got [2]."],
    [() => guidedDropout(ones([2, 3]), ones([3], { dtype })), DTypeError, "guidedDropout: expected "],
    [() => guidedDropout(ones([2, 3]), ones([3]), { region: 2 }), ValueError, "guidedDropout: expected region in [0, 1], got 2."],
    [() => new GuidedDropout(0), ShapeError, "GuidedDropout: expected features to be a whole number ≥ 1, got 0."],
    [() => new GuidedDropout(2, { mode: "dr" as "topK" }), ValueError, 'GuidedDropout: expected mode topK or active, got dr.'],
  ])("error %#: %s", (run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  }); // prettier-ignore
});

describe("GuidedDropout", () => {
  it("trains its strengths, has them in its state, and drops others when they change", () => {
    const layer = new GuidedDropout(4, { rate: 0.25, init: "ones", dtype });
    const x = ones([2, 4], { dtype });
    layer.forward(x).square().mean().backward();
    expect(layer.strength.grad!.toArray()).toEqual([0, expect.closeTo(8 / 9, 12), expect.closeTo(8 / 9, 12), expect.closeTo(8 / 9, 12)]); // prettier-ignore
    assign(layer.strength, tensor([1, 2, 4, 3], { dtype }));
    const other = new GuidedDropout(4, { rate: 0.25, dtype });
    other.loadStateDict(JSON.parse(JSON.stringify(layer.stateDict())));
    expect((other.forward(x).toArray() as number[][])[0]!.map((value) => value === 0)).toEqual([false, false, true, false]); // prettier-ignore
    layer.rate = 0.75;
    expect((layer.forward(x).toArray() as number[][])[0]).toEqual([4, 0, 0, 0]);
    expect(layer.eval().forward(x).slice(0).toArray()).toEqual([1, 2, 4, 3]);
    expect(new GuidedDropout(3, { rate: 0.1, mode: "active" }).details()).toBe("3, rate=0.1, mode=active");
    expect([layer.details(), layer.options.rate, layer.clone().rate]).toEqual([
      "4, rate=0.75, init=ones, dtype=float64",
      0.75,
      0.75,
    ]);
    expect(() => (layer.rate = 7)).toThrow("GuidedDropout: expected rate in [0, 1], got 7.");
    expect(layer.rate).toBe(0.75);
  });

  it("begins with random strengths in [0, 1), which its generator says", () => {
    const draw = (): number[] => Array.from(new GuidedDropout(500, { generator: new Generator(6) }).strength.data);
    const drawn = draw();
    expect([Math.min(...drawn) >= 0, Math.max(...drawn) < 1, Math.max(...drawn) > 0.9]).toEqual([true, true, true]);
    expect(Math.abs(drawn.reduce((sum, t) => sum + t, 0) / 500 - 0.5)).toBeLessThan(0.07);
    expect(draw()).toEqual(drawn);
  });
});
