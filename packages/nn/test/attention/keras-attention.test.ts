import { gradcheck } from "@tapegrad/autograd";
import { Generator, ones, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { drawer, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { AdditiveAttention, Attention, functional } from "../../src/index.ts";
import { dot, rows } from "./plain-attention.ts";

const draw = drawer(43);
const { attention, additiveAttention } = functional;
const bools = (values: readonly unknown[]): Tensor => tensor(values as number[]).ne(0);
type Row = readonly number[];

/** Softmax of scores over what is seen, and the average, in scalars. */
function plain(q: Tensor, k: Tensor, v: Tensor, score: (a: Row, b: Row) => number, sees: (i: number, j: number) => boolean): number[][] {
  const values = rows(v);
  return rows(q).map((a, i) => {
    const seen = rows(k).map((b, j) => (sees(i, j) ? score(a, b) : -Infinity));
    const top = Math.max(...seen);
    const powers = seen.map((s) => (s === -Infinity ? 0 : Math.exp(s - top)));
    const total = powers.reduce((sum, p) => sum + p, 0);
    return values[0]!.map((_, c) => powers.reduce((sum, p, j) => sum + (total === 0 ? 0 : (p / total) * values[j]![c]!), 0));
  });
} // prettier-ignore

const [q, k, v] = [draw(4, 3), draw(5, 3), draw(5, 2)];
const [s, w, factors] = [tensor(0.7, { dtype: "float64" }), tensor(-1.3, { dtype: "float64" }), draw(3)];
const tanhs = (a: Row, b: Row, by = 1): Row => a.map((x, i) => Math.tanh(by * (x + b[i]!)));
const sum = (x: Row): number => x.reduce((total, y) => total + y, 0);

const scores: Readonly<Record<string, readonly [run: (q: Tensor, k: Tensor, v: Tensor, options?: object) => Tensor, score: (a: Row, b: Row) => number]>> = {
  "a product": [attention, dot],
  "a scaled product": [(a, b, c, o) => attention(a, b, c, { ...o, scale: s }), (a, b) => 0.7 * dot(a, b)],
  "a sum of tanh": [(a, b, c, o) => attention(a, b, c, { ...o, scoreMode: "concat" }), (a, b) => sum(tanhs(a, b))],
  "a scaled sum of tanh": [
    (a, b, c, o) => attention(a, b, c, { ...o, scoreMode: "concat", scale: s, concatScoreWeight: w }),
    (a, b) => -1.3 * sum(tanhs(a, b, 0.7)),
  ],
  "Bahdanau's": [additiveAttention, (a, b) => sum(tanhs(a, b))],
  "Bahdanau's with factors": [(a, b, c, o) => additiveAttention(a, b, c, { ...o, scale: factors }), (a, b) => dot(tanhs(a, b), factors.toArray() as number[])],
}; // prettier-ignore

describe.each(Object.entries(scores))("attention by %s", (_name, [run, score]) => {
  it("agrees with scalars, under masks too", () => {
    expectClose(
      run(q, k, v),
      plain(q, k, v, score, () => true),
    );
    const causal = (i: number, j: number): boolean => j <= i;
    expectClose(run(q, k, v, { causal: true }), plain(q, k, v, score, causal));
    const counts = [0, 1, 1, 0, 1];
    const sees = (_i: number, j: number): boolean => counts[j] === 1;
    expectClose(run(q, k, v, { keyPaddingMask: bools(counts) }), plain(q, k, v, score, sees));
    const both = plain(q, k, v, score, (i, j) => causal(i, j) && sees(i, j));
    expect(both[0]).toEqual([0, 0]);
    expectClose(run(q, k, v, { keyPaddingMask: bools(counts), causal: true }), both);
    const hidden = both.map((row, i) => (i === 2 ? [0, 0] : row));
    expectClose(run(q, k, v, { keyPaddingMask: bools(counts), causal: true, queryMask: bools([1, 1, 0, 1]) }), hidden);
    const bias = draw(4, 5);
    const added = run(q, k, v, { mask: bias.maskedFill(bools(counts).logicalNot(), -Infinity) });
    expectClose(run(q, k, v, { mask: bias, keyPaddingMask: bools(counts) }), added);
  });

  it("has derivatives of first and second order", () => {
    for (const options of [{}, { keyPaddingMask: bools([1, 0, 1]), queryMask: bools([1, 0]) }]) {
      const f = (a: Tensor, b: Tensor, c: Tensor): Tensor => run(a, b, c, options);
      const inputs = [draw(2, 3), draw(3, 3), draw(3, 2)];
      expect(gradcheck(f as (...t: Tensor[]) => Tensor, inputs, { order: 2 }).passed).toBe(true);
    }
  });

  it("keeps NaN of what does not count from outputs and gradients", () => {
    const [queryMask, keyPaddingMask] = [bools([1, 0, 1, 1]), bools([1, 1, 0, 0, 1])];
    const results = (by: number): unknown => {
      const spoil = (t: Tensor, mask: Tensor): Tensor => t.maskedFill(mask.logicalNot().unsqueeze(1), by).requiresGrad_();
      const inputs = [spoil(q, queryMask), spoil(k, keyPaddingMask), spoil(v, keyPaddingMask)] as const;
      const y = run(...inputs, { queryMask, keyPaddingMask });
      y.backward(ones([4, 2], { dtype: "float64" }).cumsum({ axis: 0 }));
      return [y, ...inputs.map((t) => t.grad!)].map((t) => t.toArray());
    };
    for (const poison of [NaN, Infinity]) expect(results(poison)).toEqual(results(0));
  }); // prettier-ignore
});

it("parameters have derivatives of first and second order", () => {
  const concat = (a: Tensor, b: Tensor): Tensor => attention(q, k, v, { scoreMode: "concat", scale: a, concatScoreWeight: b }); // prettier-ignore
  expect(gradcheck(concat as (...t: Tensor[]) => Tensor, [s, w], { order: 2 }).passed).toBe(true);
  expect(gradcheck((a) => attention(q, k, v, { scale: a }), [s], { order: 2 }).passed).toBe(true);
  expect(gradcheck((a) => additiveAttention(q, k, v, { scale: a }), [factors], { order: 2 }).passed).toBe(true);
});

describe("the layers", () => {
  // Keras' own numbers, for its layers without weights.
  const [query, key, value] = [tensor([[[1, 0], [0, 1]]]), tensor([[[0, 1], [1, 0]]]), tensor([[[1, 2], [3, 4]]])]; // prettier-ignore
  const even = [[[1.727, 2.727], [2.272, 3.272]]]; // prettier-ignore
  const halves = [[[0.636, 0.363], [0.363, 0.636]]]; // prettier-ignore
  it.each([
    ["dot", new Attention(), [[[2.462, 3.462], [1.538, 2.538]]], [[[0.269, 0.731], [0.731, 0.269]]]],
    ["concat", new Attention({ scoreMode: "concat" }), even, halves],
    ["additive", new AdditiveAttention(2, { useScale: false }), even, halves],
  ] as const)("give what Keras' give: %s", (_name, layer, output, weights) => {
    const got = layer.forwardWithWeights(query, key, value);
    expectClose(got.output, output, { atol: 1e-3 });
    expectClose(got.weights, weights, { atol: 1e-3 });
    // A query that does not count has its weights none the less.
    const uncounted = layer.forwardWithWeights(query, key, value, { queryMask: bools([[1, 0]]) });
    expect(uncounted.weights.toArray()).toEqual(got.weights.toArray());
    const ones2 = ones([1, 2, 2]);
    const masks = { queryMask: bools([[1, 0]]), keyPaddingMask: bools([[1, 0]]) };
    const masked = layer.forwardWithWeights(query, ones2, ones2, masks);
    expect(masked.output.toArray()).toEqual([[[1, 1], [0, 0]]]);
    expect(masked.weights.toArray()).toEqual([[[1, 0], [1, 0]]]);
    expect(layer.forward(query, ones2, ones2, undefined, masks.keyPaddingMask, masks.queryMask).toArray()).toEqual(masked.output.toArray());
  }); // prettier-ignore

  it("have Keras' parameters, and train them", () => {
    const generator = new Generator(5);
    const additive = new AdditiveAttention(300, { generator });
    const scale = additive.scale!;
    expect(scale.abs().max().item()).toBeLessThanOrEqual(0.1);
    expect(scale.abs().max().item()).toBeGreaterThan(0.095);
    const all = [new Attention(), new Attention({ useScale: true }), new Attention({ useScale: true, scoreMode: "concat" }), new AdditiveAttention(3, { useScale: false })]; // prettier-ignore
    expect(all.map((layer) => Object.keys(layer.stateDict()))).toEqual([
      [],
      ["scale"],
      ["scale", "concat_score_weight"],
      [],
    ]);
    const layer = new Attention({ useScale: true, scoreMode: "concat", dtype: "float64" });
    expect(layer.parameters().map((p) => p.item())).toEqual([1, 1]);
    const y = layer.forward(draw(2, 4, 3), draw(2, 5, 3));
    y.square().sum().backward();
    for (const p of layer.parameters()) expect(Math.abs(p.grad!.item())).toBeGreaterThan(1e-6);
  });

  it("drop in training only", () => {
    const layer = new Attention({ dropout: 0.5, generator: new Generator(2), dtype: "float64" });
    const run = (): unknown => layer.forward(q, k, v).toArray();
    expect(run()).not.toEqual(run());
    layer.eval();
    expect(run()).toEqual(attention(q, k, v).toArray());
  });

  it.each<readonly [() => unknown, string]>([
    [() => attention(q, zeros([5, 2]), v), "attention: expected a key of shape [..., 3], got [5, 2]."],
    [() => attention(q, k, zeros([4, 2])), "attention: expected a value of shape [..., 5, features], got [4, 2]."],
    [() => attention(q, k, v, { scale: zeros([3]) }), "attention: expected scale of shape [], got [3]."],
    [() => attention(q, k, v, { scale: zeros([]) }), 'attention: expected query and scale of one numeric dtype, got float64 and float32. Convert with to("float32").'],
    [() => attention(q, k, v, { queryMask: zeros([4]) }), "attention: expected a bool queryMask, got float32."],
    [() => additiveAttention(q, k, v, { scale: zeros([2], { dtype: "float64" }) }), "additiveAttention: expected scale of shape [3], got [2]."],
    [() => new Attention({ scoreMode: "sum" as "dot" }), "Attention: expected scoreMode dot or concat, got sum."],
    [() => new AdditiveAttention(4).forward(zeros([2, 3])), "AdditiveAttention: expected query of shape [..., 4], got [2, 3]."],
  ])("refuse what does not fit: %#", (call, message) => {
    expect(call).toThrow(message);
  }); // prettier-ignore
});
