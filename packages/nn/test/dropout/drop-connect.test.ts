import { gradcheck } from "@tapegrad/autograd";
import {
  DTypeError,
  Generator,
  ones,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Dense, DropConnect, functional } from "../../src/index.ts";

const { dropConnect, dropConnectMoments, linear } = functional;
const dtype = "float64";
const draw = (seed: number, ...shape: number[]): Tensor => randn(shape, { dtype, generator: new Generator(seed) });
const [x, w, b] = [draw(1, 3, 4), draw(2, 5, 4), draw(3, 5)];
const modes = ["row", "batch"] as const;
const at = (t: Tensor, i: number): number => t.data[i]!;

/** The factors of the weights that a call draws, 0 or 1/(1 − rate), told from outputs of unit vectors: `[rows, out, in]`. */
function factorsOf(rows: number, options: functional.DropConnectOptions, seed: number): number[][][] {
  const [out, inside] = w.shape as [number, number];
  const columns = Array.from({ length: inside }, (_, k) => {
    const units = zeros([rows, inside], { dtype });
    for (let row = 0; row < rows; row++) units.data[row * inside + k] = 1;
    return dropConnect(units, ones([out, inside], { dtype }), undefined, { ...options, generator: new Generator(seed) });
  });
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: out }, (_, o) => columns.map((y) => at(y, row * out + o))),
  );
} // prettier-ignore

describe("dropConnect", () => {
  it.each(modes)("in mode %s is a sum over the weights that are kept, a naive one", (mode) => {
    const y = dropConnect(x, w, b, { rate: 0.3, mode, generator: new Generator(9) });
    const factors = factorsOf(3, { rate: 0.3, mode }, 9);
    const seen = new Set(factors.flat(2));
    expect([...seen].map((factor) => factor * 0.7).toSorted((a, b) => a - b)).toEqual([0, expect.closeTo(1, 14)]);
    y.data.forEach((value, i) => {
      const [row, out] = [Math.floor(i / 5), i % 5];
      let sum = at(b, out);
      for (let k = 0; k < 4; k++) sum += at(x, row * 4 + k) * at(w, out * 4 + k) * factors[row]![out]![k]!;
      expect(value).toBeCloseTo(sum, 12);
    });
    const rows = new Set(factors.map((row) => row.toString()));
    expect(rows.size).toBe(mode === "row" ? 3 : 1);
  });

  it.each(modes)("in mode %s drops at its rate, and keeps mean and variance as the moments say", (mode) => {
    const [options, n] = [{ rate: 0.2, mode, generator: new Generator(4) }, 20_000];
    const one = x.slice([0, 1]);
    const [mean, variance] = dropConnectMoments(one, w, b, { rate: 0.2 });
    const many =
      mode === "row" ? dropConnect(one.broadcastTo([n, 4]), w, b, options).toArray() as number[][]
      : Array.from({ length: n }, () => Array.from(dropConnect(one, w, b, options).data)); // prettier-ignore
    for (let out = 0; out < 5; out++) {
      const values = many.map((row) => row[out]!);
      const got = values.reduce((sum, value) => sum + value, 0) / n;
      const spread = values.reduce((sum, value) => sum + (value - got) ** 2, 0) / n;
      expect(Math.abs(got - at(mean, out))).toBeLessThan(5 * Math.sqrt(at(variance, out) / n));
      expect(Math.abs(spread / at(variance, out) - 1)).toBeLessThan(0.06);
    }
  });

  it("is linear in evaluation and at rate 0, and the bias at rate 1", () => {
    const want = linear(x, w, b).toArray();
    expect(dropConnect(x, w, b, { training: false }).toArray()).toEqual(want);
    expect(dropConnect(x, w, b, { rate: 0 }).toArray()).toEqual(want);
    for (const mode of modes) {
      expect(dropConnect(x, w, b, { rate: 1, mode }).toArray()).toEqual(b.broadcastTo([3, 5]).toArray());
      expect(dropConnect(ones([2, 3, 4]), ones([5, 4]), undefined, { mode }).shape).toEqual([2, 3, 5]);
      expect(dropConnect(ones([0, 4]), ones([5, 4]), undefined, { mode }).shape).toEqual([0, 5]);
      expect(dropConnect(ones([4]), ones([5, 4]), ones([5]), { mode }).shape).toEqual([5]);
      const whole = { dtype: "int32" } as const;
      expect(dropConnect(ones([1, 4], whole), ones([5, 4], whole), undefined, { mode }).dtype).toBe("float32");
    }
  });

  it.each(modes)("in mode %s has gradients that finite differences agree with, the mask frozen", (mode) => {
    const run = (...[t, u, v]: Tensor[]): Tensor =>
      dropConnect(t!, u!, v, { rate: 0.4, mode, generator: new Generator(5) }).square();
    expect(gradcheck(run, [x, w, b], { order: 2 }).passed).toBe(true);
  });

  it.each(modes)("in mode %s drops weights that are not finite", (mode) => {
    const weight = tensor(new Float64Array(40).fill(NaN), { shape: [20, 2] }).requiresGrad_();
    const y = dropConnect(ones([2, 2], { dtype }), weight, undefined, { mode, rate: 0.9, generator: new Generator(1) });
    expect(Array.from(y.data).filter((value) => value === 0).length).toBeGreaterThan(10);
    y.sum().backward();
    expect(Array.from(weight.grad!.data).filter((value) => value === 0).length).toBeGreaterThan(10);
  });

  it.each<readonly [() => unknown, new (message: string) => Error, string]>([
    [() => dropConnect(ones([2, 3]), ones([2, 4])), ShapeError, "dropConnect: expected input of shape [..., 4], got [2, 3]."],
    [() => dropConnect(ones([2, 4]), ones([2, 4]), ones([3])), ShapeError, "dropConnect: expected a bias of shape [2], got [3]."],
    [() => dropConnect(x, ones([2, 4])), DTypeError, "dropConnect: expected "],
    [() => dropConnect(x, w, b, { rate: 2 }), ValueError, "dropConnect: expected rate in [0, 1], got 2."],
    [() => dropConnect(x, w, b, { mode: "sample" as "row" }), ValueError, 'dropConnect: expected mode row or batch, got sample.'],
    [() => dropConnectMoments(x, w, b, { rate: 1 }), ValueError, "dropConnectMoments: expected rate in [0, 1), got 1."],
    [() => new DropConnect(2, 2, { rate: 1 }), ValueError, "DropConnect: expected rate in [0, 1), got 1."],
    [() => new DropConnect(0, 2), ShapeError, "DropConnect: expected inFeatures to be a whole number ≥ 1, got 0."],
    [() => new DropConnect(2, 2, { samples: -1 }), ValueError, "DropConnect: expected samples to be a whole number ≥ 0, got -1."],
  ])("error %#: %s", (run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  }); // prettier-ignore
});

describe("dropConnectMoments", () => {
  it("are those of the sum over masks, all of them", () => {
    // 2^4 masks of one output, each with its probability.
    const [p, row] = [0.7, w.slice([1, 2])];
    const [mean, variance] = dropConnectMoments(x.slice([0, 1]), row, undefined, { rate: 1 - p });
    let [first, second] = [0, 0];
    for (let mask = 0; mask < 16; mask++) {
      let [sum, probability] = [0, 1];
      for (let k = 0; k < 4; k++) {
        const isKept = ((mask >> k) & 1) === 1;
        probability *= isKept ? p : 1 - p;
        if (isKept) sum += (at(x, k) * at(row, k)) / p;
      }
      first += probability * sum;
      second += probability * sum ** 2;
    }
    expect(mean.item()).toBeCloseTo(first, 12);
    expect(variance.item()).toBeCloseTo(second - first ** 2, 12);
  });

  it("have gradients that finite differences agree with", () => {
    const both = (...[t, u, v]: Tensor[]): Tensor => {
      const [mean, variance] = dropConnectMoments(t!, u!, v, { rate: 0.3 });
      return mean.mul(variance);
    };
    expect(gradcheck(both, [x, w, b], { order: 2 }).passed).toBe(true);
  });
});

describe("DropConnect", () => {
  const options = { rate: 0.4, dtype, generator: new Generator(6) } as const;

  it("has the state of a Dense, and evaluates by the mean of the weights", () => {
    const [layer, dense] = [new DropConnect(4, 5, { ...options, activation: "relu" }), new Dense(4, 5, { dtype })];
    dense.loadStateDict(JSON.parse(JSON.stringify(layer.stateDict())));
    expect(layer.eval().forward(x).toArray()).toEqual(dense.forward(x).relu().toArray());
    expect(layer.train().forward(x).toArray()).not.toEqual(layer.forward(x).toArray());
    expect(new DropConnect(3, 2, { rate: 0.1, mode: "batch", samples: 9 }).details()).toBe("3, 2, rate=0.1, mode=batch, samples=9"); // prettier-ignore
  });

  it("evaluates by samples with the mean that the normal distribution says", () => {
    const n = 40_000;
    const layer = new DropConnect(4, 5, { ...options, activation: "relu", samples: n }).eval();
    const [mean, variance] = dropConnectMoments(x, layer.weight, layer.bias, { rate: 0.4 });
    layer.forward(x).data.forEach((value, i) => {
      const [mu, sigma] = [at(mean, i), Math.sqrt(at(variance, i))];
      // E[max(0, z)] by Simpson's rule.
      let want = 0;
      for (let k = 0; k <= 4000; k++) {
        const z = mu + sigma * (k / 200 - 10);
        want += (k % 4000 === 0 ? 1 : 2 + 2 * (k % 2)) * Math.max(0, z) * Math.exp(-((k / 200 - 10) ** 2) / 2);
      }
      want /= 600 * Math.sqrt(2 * Math.PI);
      expect(Math.abs(value - want)).toBeLessThan((5 * sigma) / Math.sqrt(n) + 1e-4);
    });
    const linearOne = new DropConnect(4, 5, { ...options, samples: 1 }).eval();
    expect(linearOne.forward(x).toArray()).not.toEqual(linearOne.forward(x).toArray());
  });

  it("has gradients through the samples, finite ones for inputs of 0", () => {
    const layer = new DropConnect(4, 5, { ...options, samples: 3, activation: "tanh" }).eval();
    // Every evaluation of gradcheck draws the same.
    expect(gradcheck((t) => layer.forward(t), [x], { order: 2 }).passed).toBe(true);
    const zero = zeros([1, 4], { dtype, requiresGrad: true });
    layer.forward(zero).square().sum().backward();
    expect(Array.from(zero.grad!.data).every(Number.isFinite)).toBe(true);
  });
});
