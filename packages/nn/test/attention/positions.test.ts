import { gradcheck } from "@tapegrad/autograd";
import { Generator, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { drawer, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional, MultiHeadAttention, PositionalEncoding, RotaryEmbedding, SinusoidalPositionalEncoding } from "../../src/index.ts"; // prettier-ignore
import { rows } from "./plain-attention.ts";

const draw = drawer(47);
const { rotaryEmbedding, sinusoidalPositionalEncoding, positionalEncoding, multiHeadAttention } = functional;

/** Pairs turned one by one, in scalars. */
function turned(x: readonly number[], position: number, layout: "halfSplit" | "interleaved", d: number, base: number): number[] {
  const out = [...x];
  for (let i = 0; i < d / 2; i++) {
    const [a, b] = layout === "halfSplit" ? [i, i + d / 2] : [2 * i, 2 * i + 1];
    const angle = position * base ** ((-2 * i) / d);
    out[a] = x[a]! * Math.cos(angle) - x[b]! * Math.sin(angle);
    out[b] = x[a]! * Math.sin(angle) + x[b]! * Math.cos(angle);
  }
  return out;
} // prettier-ignore

describe.each(["halfSplit", "interleaved"] as const)("rotaryEmbedding, %s", (layout) => {
  it("agrees with scalars", () => {
    const x = draw(5, 6);
    const want = (place: (t: number) => number, d = 6, base = 10_000): number[][] => rows(x).map((row, t) => turned(row, place(t), layout, d, base));
    expectClose(rotaryEmbedding(x, { layout }), want((t) => t));
    expectClose(rotaryEmbedding(x, { layout, base: 50, offset: 7 }), want((t) => t + 7, 6, 50));
    expectClose(rotaryEmbedding(x, { layout, dimensions: 4, scale: 0.25, offset: 2 }), want((t) => (t + 2) / 4, 4));
    const positions = tensor([3, 0, 2, 9, 9], { dtype: "int32" });
    expectClose(rotaryEmbedding(x, { layout, positions }), want((t) => [3, 0, 2, 9, 9][t]!));
    const batched = rotaryEmbedding(x.unsqueeze(0).broadcastTo([2, 5, 6]), { layout, positions: tensor([[3, 0, 2, 9, 9], [0, 1, 2, 3, 4]]), offset: 1 });
    expectClose(batched.slice(0), want((t) => [4, 1, 3, 10, 10][t]!));
    expectClose(batched.slice(1), want((t) => t + 1));
  }); // prettier-ignore

  it("makes products depend on distances alone, and keeps lengths", () => {
    const [q, k] = [draw(1, 8), draw(1, 8)];
    const at = (x: Tensor, offset: number): Tensor => rotaryEmbedding(x, { layout, offset });
    const product = (i: number, j: number): number => at(q, i).mul(at(k, j)).sum().item();
    expect(product(9, 4)).toBeCloseTo(product(105, 100), 10);
    expect(Math.abs(product(9, 4) - product(9, 5))).toBeGreaterThan(1e-3);
    expect(at(q, 33).square().sum().item()).toBeCloseTo(q.square().sum().item(), 12);
  });

  it("has derivatives of first and second order", () => {
    const f = (x: Tensor): Tensor => rotaryEmbedding(x, { layout, dimensions: 4 }).pow(3);
    expect(gradcheck(f, [draw(2, 3, 6)], { order: 2 }).passed).toBe(true);
  });

  it("turns nothing where there is nothing", () => {
    for (const shape of [[0, 3, 4], [2, 0, 4]]) expect(rotaryEmbedding(zeros(shape), { layout }).shape).toEqual(shape);
  }); // prettier-ignore

  it("keeps angles of large positions exact in float32", () => {
    const x = randn([1, 4], { generator: new Generator(1) });
    const far = rotaryEmbedding(x, { layout, offset: 1_000_003 });
    expect(far.dtype).toBe("float32");
    expectClose(far, [turned(rows(x)[0]!, 1_000_003, layout, 4, 10_000)], { atol: 1e-6 });
  });
});

describe("RotaryEmbedding", () => {
  it("is the function, and an option of MultiHeadAttention", () => {
    const rotary = new RotaryEmbedding(4, { layout: "interleaved", base: 100 });
    expect(String(rotary)).toContain("RotaryEmbedding(4, layout=interleaved, base=100)");
    const positions = tensor([1, 5, 2]);
    const x = draw(3, 4);
    expect(rotary.forward(x, positions).toArray()).toEqual(rotaryEmbedding(x, { layout: "interleaved", base: 100, positions }).toArray()); // prettier-ignore
    const options = { batchFirst: true, dtype: "float64", generator: new Generator(6), rotary } as const;
    const layer = new MultiHeadAttention(8, 2, { ...options, addBiasKV: true });
    const { inProjBias, biasK, biasV, outProj } = layer;
    const weights = { inProjWeight: layer.inProjWeight!, inProjBias, biasK, biasV, outProjWeight: outProj.weight, outProjBias: outProj.bias };
    const y = draw(2, 5, 8);
    const turn = (t: Tensor): Tensor => rotaryEmbedding(t, { layout: "interleaved", base: 100 });
    expect(layer.forward(y).toArray()).toEqual(multiHeadAttention(y, y, y, 2, weights, { rotary: turn }).toArray());
    expect(Object.keys(layer.stateDict())).not.toContain("rotary");
    // Without added keys, a shift of all positions changes nothing; their order does.
    const plain = { ...weights, biasK: undefined, biasV: undefined };
    const at = (t: Tensor, offset: number): Tensor =>
      multiHeadAttention(t, t, t, 2, plain, { rotary: (u) => rotaryEmbedding(u, { layout: "interleaved", base: 100, offset }) });
    expect(at(y, 11).sub(at(y, 0)).abs().max().item()).toBeLessThan(1e-12);
    expect(at(y.flip(1), 0).flip(1).sub(at(y, 0)).abs().max().item()).toBeGreaterThan(1e-3);
  }); // prettier-ignore

  it.each<readonly [() => unknown, string]>([
    [() => rotaryEmbedding(zeros([4])), "rotaryEmbedding: expected x of at least two axes, got shape [4]."],
    [() => rotaryEmbedding(zeros([2, 3])), "rotaryEmbedding: expected features to be an even number ≥ 2, got x of shape [2, 3]."],
    [() => rotaryEmbedding(zeros([2, 4]), { dimensions: 6 }), "rotaryEmbedding: expected at least 6 features, got x of shape [2, 4]."],
    [() => rotaryEmbedding(zeros([2, 4]), { positions: zeros([3]) }), "rotaryEmbedding: expected positions of shape [2], or one that broadcasts to [2], got [3]."],
    [() => rotaryEmbedding(zeros([2, 4]), { positions: zeros([2], { dtype: "bool" }) }), "rotaryEmbedding: expected positions of numbers, got bool."],
    [() => rotaryEmbedding(zeros([2, 4]), { layout: "half" as "halfSplit" }), 'rotaryEmbedding: expected layout halfSplit or interleaved, got half. Did you mean "halfSplit"?'],
    [() => new RotaryEmbedding(3), "RotaryEmbedding: expected features to be an even number ≥ 2, got 3."],
    [() => new RotaryEmbedding(3, { dimensions: 4 }), "RotaryEmbedding: expected dimensions of at most 3, got 4."],
    [() => new RotaryEmbedding(4).forward(zeros([2, 6])), "RotaryEmbedding: expected input of shape [..., positions, 4], got [2, 6]."],
    [() => new MultiHeadAttention(8, 2, { rotary: new RotaryEmbedding(8) }), "MultiHeadAttention: expected rotary of the 4 features of a head, got 8."],
    [() => multiHeadAttention(zeros([2, 4]), zeros([2, 4]), zeros([2, 4]), 2, { inProjWeight: zeros([12, 4]), outProjWeight: zeros([4, 4]) }, { rotary: (x) => x.sum() }), "multiHeadAttention: expected what rotary gives of shape [2, 2, 2], got []."],
    [() => new SinusoidalPositionalEncoding(5), "SinusoidalPositionalEncoding: expected features to be an even number ≥ 2, got 5."],
    [() => sinusoidalPositionalEncoding(zeros([2]), 4, { minFrequency: 0 }), "sinusoidalPositionalEncoding: expected minFrequency > 0, got 0."],
  ])("refuses what does not fit: %#", (call, message) => {
    expect(call).toThrow(message);
  }); // prettier-ignore
});

describe("sinusoidalPositionalEncoding", () => {
  const frequency = (i: number, n: number, min: number, max: number): number =>
    max * (min / max) ** (n === 1 ? 0 : i / (n - 1));
  it.each([
    [{}, 1e-4, 1, Math.sqrt(2 / 6), false],
    [{ minFrequency: 0.01, maxFrequency: 3, scale: 2, cosFirst: true }, 0.01, 3, 2, true],
    [{ fullTurns: true, scale: 1 }, 2e-4 * Math.PI, 2 * Math.PI, 1, false],
  ] as const)("agrees with scalars, %j", (options, min, max, scale, cosFirst) => {
    const x = draw(2, 4).mul(50);
    const n = 3;
    const want = rows(x).map((row) => row.map((value) => {
      const angles = Array.from({ length: n }, (_, i) => value * frequency(i, n, min, max));
      const [sines, cosines] = [angles.map((a) => scale * Math.sin(a)), angles.map((a) => scale * Math.cos(a))];
      return cosFirst ? [...cosines, ...sines] : [...sines, ...cosines];
    }));
    expectClose(sinusoidalPositionalEncoding(x, 6, options), want.flat(2));
    expect(new SinusoidalPositionalEncoding(6, options).forward(x).toArray()).toEqual(sinusoidalPositionalEncoding(x, 6, options).toArray());
  }); // prettier-ignore

  it("has vectors of length 1 unless scaled, derivatives, and takes integers", () => {
    const t = tensor([0, 17, 100_000], { dtype: "int32" });
    const y = sinusoidalPositionalEncoding(t, 8);
    expect([y.dtype, y.shape]).toEqual(["float32", [3, 8]]);
    expectClose(y.square().sum({ axis: -1 }), [1, 1, 1], { atol: 1e-6 });
    expect(sinusoidalPositionalEncoding(t, 2, { scale: 1 }).at(2, 0).item()).toBeCloseTo(Math.sin(100_000), 6);
    const f = (x: Tensor): Tensor => sinusoidalPositionalEncoding(x, 4, { minFrequency: 0.5 });
    expect(gradcheck(f, [draw(3)], { order: 2 }).passed).toBe(true);
  });
});

it("positionalEncoding begins at its offset", () => {
  const all = positionalEncoding(9, 4, { dtype: "float64" });
  expectClose(positionalEncoding(3, 4, { offset: 6, dtype: "float64" }), all.slice([6, 9]).toArray() as number[][]);
  const zero = zeros([3, 4], { dtype: "float64" });
  expectClose(new PositionalEncoding(4, { offset: 6 }).forward(zero), all.slice([6, 9]).toArray() as number[][]);
});
