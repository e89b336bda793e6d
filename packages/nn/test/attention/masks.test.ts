import { gradcheck } from "@tapegrad/autograd";
import { ones, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { drawer, errorOf, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional, MultiHeadAttention, TransformerEncoderLayer } from "../../src/index.ts";
import { plainAttention, rows } from "./plain-attention.ts";

const { scaledDotProductAttention: attend } = functional;
const draw = drawer(21);
const lowest = -3.4028234663852886e38;
const isFinite = (t: Tensor | undefined): boolean => t !== undefined && Array.from(t.data).every(Number.isFinite);
const leaf = (...shape: number[]): Tensor => draw(...shape).requiresGrad_();

/** 1 where a query may look at a key, mostly. */
function randomMask(queries: number, keys: number): number[] {
  return Array.from(draw(queries, keys).data, (x) => (x > -0.2 ? 1 : 0));
}

describe("masks of attention", () => {
  it.each<[string, Tensor]>([
    ["bool", tensor([0, 1, 1], { dtype: "bool" })],
    ["-Infinity", tensor([-Infinity, 0, 0])],
    ["the smallest float32", tensor([lowest, 0, 0])],
  ])("%s and causal together leave a query without keys zeros, never the future", (_name, mask) => {
    const q = ones([3, 1]);
    expect(attend(q, q, tensor([[1], [10], [100]]), { mask, causal: true }).toArray()).toEqual([[0], [10], [55]]);
  });

  it("agree with scalars, whatever they hide", () => {
    for (let round = 0; round < 40; round++) {
      const [queries, keys] = [1 + (round % 4), 1 + (round % 5)];
      const [q, k, v] = [draw(queries, 3), draw(keys, 3), draw(keys, 2)];
      const allowed = round === 0 ? [0] : randomMask(queries, keys);
      const causal = round % 2 === 1;
      const hidden = (i: number, j: number): boolean => allowed[i * keys + j] === 0 || (causal && j > i);
      const bias = draw(queries, keys);
      const want = plainAttention(rows(q), rows(k), rows(v), Math.sqrt(1 / 3), (i, j) =>
        hidden(i, j) ? -Infinity : 0,
      );
      const truth = tensor(allowed, { dtype: "bool" }).reshape([queries, keys]);
      expectClose(attend(q, k, v, { mask: truth, causal }), want);
      for (const none of [-Infinity, lowest]) {
        const numbers = bias.maskedFill(truth.logicalNot(), none);
        const added = plainAttention(rows(q), rows(k), rows(v), Math.sqrt(1 / 3), (i, j) =>
          hidden(i, j) ? -Infinity : bias.data[i * keys + j]!,
        );
        expectClose(attend(q, k, v, { mask: numbers, causal }), added);
      }
    }
  });

  it.each([false, true])("have finite gradients of second order where a query sees nothing, causal %j", (causal) => {
    const truth = tensor([0, 1, 1], { dtype: "bool" })
      .reshape([1, 3])
      .logicalAnd(ones([3, 1]).to("bool"));
    const blind = truth.logicalAnd(tensor([[1], [0], [1]]).to("bool"));
    const inputs = [draw(3, 2), draw(3, 2), draw(3, 2)];
    for (const mask of [blind, zeros([3, 3], { dtype: "float64" }).maskedFill(blind.logicalNot(), -Infinity)]) {
      const f = (a: Tensor, b: Tensor, c: Tensor): Tensor => attend(a, b, c, { mask, causal });
      expect(gradcheck(f as (...t: Tensor[]) => Tensor, inputs, { order: 2 }).passed).toBe(true);
    }
    // As the mask itself, which is hidden and so has no gradient where it is −∞.
    const mask = zeros([3, 3], { dtype: "float64" }).maskedFill(blind.logicalNot(), -Infinity).requiresGrad_();
    const [q, k, v] = [leaf(3, 2), leaf(3, 2), leaf(3, 2)];
    attend(q, k, v, { mask, causal }).backward(draw(3, 2));
    for (const t of [q, k, v, mask]) expect(isFinite(t.grad)).toBe(true);
    expect(mask.grad!.slice(1).toArray()).toEqual([0, 0, 0]);
  });

  it.each([NaN, Infinity, -Infinity])("keep %j in what is hidden from outputs and gradients", (poison) => {
    const valid = tensor([1, 1, 0, 1], { dtype: "bool" });
    const spoil = (t: Tensor): Tensor => t.detach().maskedFill(valid.logicalNot().unsqueeze(1), poison).requiresGrad_();
    for (const causal of [false, true]) {
      const [q, k, v, ct] = [leaf(4, 3), leaf(4, 3), leaf(4, 2), draw(4, 2)];
      const clean = attend(q, k, v, { mask: valid, causal });
      clean.backward(ct);
      const [q2, k2, v2] = [q.detach().requiresGrad_(), spoil(k), spoil(v)];
      const spoilt = attend(q2, k2, v2, { mask: valid, causal });
      spoilt.backward(ct);
      expect(spoilt.toArray()).toEqual(clean.toArray());
      expect([q2, k2, v2].map((t) => t.grad!.toArray())).toEqual([q, k, v].map((t) => t.grad!.toArray()));
    }
  });

  it("let what is not finite reach the queries that see it, and no others", () => {
    const [q, k] = [zeros([4, 1]), zeros([4, 1])];
    const v = tensor([[1, 1], [3, 3], [NaN, 5], [7, Infinity]]);
    const want = [[1, 1], [2, 2], [NaN, 3], [NaN, Infinity]];
    expect(attend(q, k, v, { causal: true }).toArray()).toEqual(want);
    const mask = tensor([[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]);
    expect(attend(q, k, v, { mask: mask.to("bool") }).slice([], 0).toArray()).toEqual(want.map(([x]) => x));
    // A value that two samples share and only one may see.
    const batch = attend(zeros([2, 1, 1]), k, v, { mask: tensor([[[1, 1, 0, 0]], [[1, 1, 1, 0]]]).to("bool") });
    expect(batch.toArray()).toEqual([[[2, 2]], [[NaN, 3]]]);
  }); // prettier-ignore

  it("of int32 are refused, with what to write", () => {
    const x = ones([3, 1]);
    const mask = tensor([0, 1, 1], { dtype: "int32" });
    const message = "expected a bool or float mask, got int32. Where 1 allows, pass mask.ne(0).";
    expect(errorOf(() => attend(x, x, x, { mask }))).toBe(`DTypeError: scaledDotProductAttention: ${message}`);
    const layer = new MultiHeadAttention(2, 1);
    const y = ones([3, 2]);
    expect(() => layer.forward(y, y, y, mask)).toThrow(message);
    expect(attend(x, x, tensor([[1], [10], [100]]), { mask: mask.ne(0) }).toArray()).toEqual([[55], [55], [55]]);
  });
});

describe("masks of the layers of attention", () => {
  const valid = tensor([[0, 1, 1, 1, 1], [1, 1, 1, 1, 0]]).to("bool").unsqueeze(1).unsqueeze(1); // prettier-ignore

  it.each([false, true])("an encoder layer keeps the past apart from the future, normFirst %j", (normFirst) => {
    const options = { hiddenFeatures: 6, dropout: 0, causal: true, batchFirst: true, dtype: "float64" } as const;
    const layer = new TransformerEncoderLayer(4, 2, { ...options, normFirst });
    const x = draw(2, 5, 4);
    const before = layer.forward(x, valid);
    for (let t = 0; t < 5; t++) {
      const at = tensor([0, 1, 2, 3, 4]).eq(t).reshape([1, 5, 1]);
      for (const change of [1, 1e30, NaN]) {
        const after = layer.forward(x.add(zeros([1, 5, 1], { dtype: "float64" }).maskedFill(at, change)), valid);
        expect(after.slice([], [0, t]).toArray()).toEqual(before.slice([], [0, t]).toArray());
      }
    }
  });

  it("MultiHeadAttention passes over NaN in padded keys and values, in its gradients too", () => {
    const layer = new MultiHeadAttention(4, 2, { batchFirst: true, dtype: "float64", keyFeatures: 3 });
    const [x, y, z] = [draw(2, 5, 4), draw(2, 5, 3), draw(2, 5, 4)];
    const hidden = valid.reshape([2, 5, 1]).logicalNot();
    const gradients = (keys: Tensor, values: Tensor): unknown => {
      layer.zeroGrad();
      const out = layer.forward(x, keys, values, valid);
      out.square().sum().backward();
      return [out.toArray(), ...Array.from(layer.parameters(), (p) => p.grad!.toArray())];
    };
    const clean = gradients(y.maskedFill(hidden, 0), z.maskedFill(hidden, 0));
    expect(gradients(y.maskedFill(hidden, NaN), z.maskedFill(hidden, NaN))).toEqual(clean);
  });
});
