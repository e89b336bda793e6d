import { gradcheck } from "@tapegrad/autograd";
import { Generator, ones, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { drawer, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional, MultiHeadAttention, Transformer } from "../../src/index.ts";

const draw = drawer(41);
const { multiHeadAttention, multiHeadAttentionWithWeights } = functional;
const bools = (rows: readonly (number | readonly number[])[]): Tensor => tensor(rows as number[][]).ne(0);
const options = { batchFirst: true, dtype: "float64", generator: new Generator(4) } as const;
const finite = (t: Tensor | undefined): boolean => t !== undefined && Array.from(t.data).every(Number.isFinite);

describe("padding of MultiHeadAttention", () => {
  const counts = bools([[1, 1, 0, 1], [0, 1, 1, 0]]); // prettier-ignore
  const [x, y, z] = [draw(2, 3, 6), draw(2, 4, 6), draw(2, 4, 6)];
  const layer = new MultiHeadAttention(6, 2, options);

  it("is what leaving the keys out gives, and what a mask says", () => {
    const padded = layer.forward(x, y, z, undefined, counts);
    [[0, 1, 3], [1, 2]].forEach((kept, i) => {
      const index = tensor(kept, { dtype: "int32" });
      const [q, k, v] = [x.slice(i), y.slice(i).at(index), z.slice(i).at(index)];
      expectClose(padded.slice(i), layer.forward(q, k, v).toArray() as number[][]);
    }); // prettier-ignore
    expect(padded.toArray()).toEqual(layer.forward(x, y, z, counts.unsqueeze(1).unsqueeze(1)).toArray());
  });

  it("is of the batch first, however sequences are laid out", () => {
    const timeFirst = new MultiHeadAttention(6, 2, { ...options, batchFirst: false });
    timeFirst.loadStateDict(layer.stateDict());
    const [a, b, c] = [x, y, z].map((t) => t.transpose(0, 1)) as [Tensor, Tensor, Tensor];
    const { output, weights } = timeFirst.forwardWithWeights(a, b, c, { keyPaddingMask: counts });
    const want = layer.forwardWithWeights(x, y, z, { keyPaddingMask: counts });
    expectClose(output.transpose(0, 1), want.output);
    expectClose(weights, want.weights);
  });

  it.each([false, true])("of floats is added to the scores, causal %j", (causal) => {
    const bias = draw(2, 4);
    const numbers = bias.maskedFill(counts.logicalNot(), -Infinity);
    const same = new MultiHeadAttention(6, 2, { ...options, causal });
    const spread = (t: Tensor): Tensor => t.unsqueeze(1).unsqueeze(1);
    for (const mask of [undefined, draw(3, 4), bools([[1, 1, 0, 1], [0, 1, 1, 1], [1, 1, 1, 1]])]) {
      const by = (m: Tensor): Tensor => (mask === undefined ? m : mask.dtype === "bool" ? m.add(zeros([3, 4]).maskedFill(mask.logicalNot(), -Infinity)) : m.add(mask));
      expectClose(same.forward(x, y, z, mask, numbers), same.forward(x, y, z, by(spread(numbers))));
      expectClose(same.forward(x, y, z, mask, counts), same.forward(x, y, z, by(spread(zeros([2, 4]).maskedFill(counts.logicalNot(), -Infinity)))));
    }
  }); // prettier-ignore

  it("hides queries that do not count: their weights are 0, and they give the bias", () => {
    const queryMask = bools([[1, 0, 1], [1, 1, 0]]); // prettier-ignore
    const withBias = new MultiHeadAttention(6, 2, options);
    withBias.loadStateDict({ ...withBias.stateDict(), "out_proj.bias": draw(6) });
    const { output, weights } = withBias.forwardWithWeights(x, y, z, { queryMask, keyPaddingMask: counts });
    const all = withBias.forwardWithWeights(x, y, z, { keyPaddingMask: counts });
    for (const [i, j] of [[0, 1], [1, 2]] as const) {
      expect(output.slice(i, j).toArray()).toEqual(withBias.outProj.bias!.toArray());
      expect(weights.slice(i, j).toArray()).toEqual([0, 0, 0, 0]);
      expect(output.slice(i, 0).toArray()).toEqual(all.output.slice(i, 0).toArray());
    } // prettier-ignore
    expect(withBias.forward(x, y, z, undefined, counts, queryMask).toArray()).toEqual(output.toArray());
  });

  it("gives the bias of the last projection where all is padding, and gradients that are finite", () => {
    const none = zeros([2, 4], { dtype: "bool" });
    const [q, k, v] = [x, y, z].map((t) => t.detach().requiresGrad_()) as [Tensor, Tensor, Tensor];
    const blind = new MultiHeadAttention(6, 2, options);
    blind.loadStateDict({ ...blind.stateDict(), "out_proj.bias": draw(6) });
    const output = blind.forward(q, k, v, undefined, none);
    const [bias] = [blind.outProj.bias!.toArray()];
    expect(output.toArray()).toEqual([0, 1].map(() => [bias, bias, bias]));
    output.backward(draw(2, 3, 6));
    for (const t of [q, k, v, ...blind.parameters()]) expect(finite(t.grad)).toBe(true);
    expect(q.grad!.abs().max().item()).toBe(0);
  });

  it("keeps NaN of what does not count from outputs and gradients", () => {
    const queryMask = bools([[1, 0, 1], [1, 1, 0]]); // prettier-ignore
    const spoil = (t: Tensor, mask: Tensor, by: number): Tensor => t.maskedFill(mask.logicalNot().unsqueeze(-1), by);
    const run = (by: number): unknown => {
      layer.zeroGrad();
      const [q, k, v] = [spoil(x, queryMask, by), spoil(y, counts, by), spoil(z, counts, by)];
      const output = layer.forward(q, k, v, undefined, counts, queryMask);
      output.backward(ones([2, 3, 6], { dtype: "float64" }).cumsum({ axis: 1 }));
      return [output.toArray(), ...layer.parameters().map((p) => p.grad!.toArray())];
    };
    expect(run(NaN)).toEqual(run(0));
    expect(run(Infinity)).toEqual(run(0));
  });

  it("keeps NaN of what does not count from a sequence to itself", () => {
    const [own, at] = [bools([[1, 1, 0, 1], [1, 0, 1, 0]]), draw(2, 4, 6)]; // prettier-ignore
    const run = (by: number): unknown => {
      layer.zeroGrad();
      const t = at.maskedFill(own.logicalNot().unsqueeze(-1), by).requiresGrad_();
      const output = layer.forward(t, t, t, undefined, own, own);
      output.backward(ones([2, 4, 6], { dtype: "float64" }).cumsum({ axis: 1 }));
      return [output, t.grad!, ...layer.parameters().map((p) => p.grad!)].map((each) => each.toArray());
    };
    expect(run(NaN)).toEqual(run(0));
    // One that is seen, although it does not count, stays what it is.
    const all = layer.forward(at, at, at, undefined, undefined, own);
    expectClose(all.slice(0, 0), layer.forward(at, at, at).slice(0, 0).toArray() as number[]);
  });

  it("has weights that sum to 1 and make the output, dropped ones included", () => {
    const weights = {
      inProjWeight: [ones([4, 4]), ones([4, 4]), tensor([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])],
      outProjWeight: tensor([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]),
    } as const; // prettier-ignore
    const [a, b] = [draw(3, 4).to("float32"), draw(5, 4).to("float32")];
    for (const training of [true, false]) {
      const given = { rate: 0.5, training, generator: new Generator(8), averageAttentionWeights: false };
      const got = multiHeadAttentionWithWeights(a, b, b, 2, weights, given);
      expect(got.weights.shape).toEqual([2, 3, 5]);
      const heads = [0, 1].map((h) => got.weights.slice(h).matmul(b.slice([], [2 * h, 2 * h + 2])));
      for (const h of [0, 1]) {
        expectClose(got.output.slice([], [2 * h, 2 * h + 2]), heads[h]!.toArray() as number[][], { atol: 1e-6 });
      }
      const isDropped = Array.from(got.weights.data).some((w) => w === 0);
      expect(isDropped).toBe(training);
      if (!training) expectClose(got.weights.sum({ axis: -1 }), ones([2, 3]), { atol: 1e-6 });
    }
  });
});

describe("added keys", () => {
  it.each([
    { addBiasKV: true },
    { addZeroAttention: true },
    { addBiasKV: true, addZeroAttention: true, causal: true },
    { addBiasKV: true, qkScale: 2 },
  ])("%j have derivatives of first and second order", (given) => {
    const layer = new MultiHeadAttention(4, 2, { ...options, ...given });
    const counts = bools([1, 0, 1]);
    const { inProjBias, biasK, biasV, outProj, qkScale } = layer;
    const names = { inProjWeight: layer.inProjWeight!, inProjBias, biasK, biasV, qkScale, outProjWeight: outProj.weight };
    const keys = Object.entries(names).filter(([, t]) => t !== undefined).map(([key]) => key);
    const tensors = keys.map((key) => draw(...names[key as "biasK"]!.shape));
    const { addZeroAttention = false, causal = false } = given;
    const f = (x: Tensor, y: Tensor, ...weights: Tensor[]): Tensor => {
      const all = Object.fromEntries(keys.map((key, i) => [key, weights[i]!])) as never;
      return multiHeadAttention(x, y, y, 2, all, { keyPaddingMask: counts, addZeroAttention, causal });
    };
    expect(gradcheck(f as (...t: Tensor[]) => Tensor, [draw(2, 4), draw(3, 4), ...tensors], { order: 2 }).passed).toBe(true);
  }); // prettier-ignore

  it("are seen by every query, under causal too", () => {
    const layer = new MultiHeadAttention(4, 2, { ...options, addBiasKV: true, addZeroAttention: true, causal: true });
    const { weights } = layer.forwardWithWeights(draw(1, 3, 4));
    expect(weights.gt(0).slice(0).toArray()).toEqual([[1, 0, 0, 1, 1], [1, 1, 0, 1, 1], [1, 1, 1, 1, 1]]); // prettier-ignore
    const plain = layer.forwardWithWeights(draw(1, 3, 4), undefined, undefined, { mask: bools([[0, 0, 0]]) }).weights;
    expect(plain.gt(0).slice(0, 0).toArray()).toEqual([0, 0, 0, 1, 1]);
  });

  it("come in twos", () => {
    const x = zeros([2, 4]);
    const weights = { inProjWeight: zeros([12, 4]), outProjWeight: zeros([4, 4]) };
    const biasK = zeros([1, 1, 4]);
    expect(() => multiHeadAttention(x, x, x, 2, { ...weights, biasK })).toThrow(
      "multiHeadAttention: expected biasK and biasV, or neither, got biasK without biasV.",
    );
    expect(() => multiHeadAttention(x, x, x, 2, { ...weights, biasK, biasV: zeros([4]) })).toThrow(
      "multiHeadAttention: expected biasV of shape [1, 1, 4], got [4].",
    );
  });
});

describe("masks where there is nothing", () => {
  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])("give what no masks give: padding %j, causal %j", (padded, causal) => {
    for (const [queries, keys] of [[0, 3], [3, 0], [0, 0]] as const) {
      const [q, k] = [draw(2, queries, 4), draw(2, keys, 4)];
      const all = (places: number): Tensor => zeros([2, places]).eq(0);
      const masks = padded ? { keyPaddingMask: all(keys), queryMask: all(queries) } : {};
      const layer = new MultiHeadAttention(4, 2, { ...options, causal });
      const { output, weights } = layer.forwardWithWeights(q, k, k, masks);
      expect([output.shape, weights.shape]).toEqual([[2, queries, 4], [2, queries, keys]]);
      const bias = layer.outProj.bias!;
      expect(output.toArray()).toEqual(bias.broadcastTo([2, queries, 4]).toArray());
      for (const f of [functional.attention, functional.additiveAttention]) {
        expect(f(q, k, k, { ...masks, causal }).toArray()).toEqual(zeros([2, queries, 4]).toArray());
      }
    }
  }); // prettier-ignore
});

describe("padding that does not fit", () => {
  const layer = new MultiHeadAttention(4, 2, { batchFirst: true });
  const x = zeros([2, 3, 4]);
  it.each<readonly [() => unknown, string]>([
    [() => layer.forward(x, x, x, undefined, ones([2, 4], { dtype: "bool" })), "MultiHeadAttention: expected a keyPaddingMask that broadcasts to [2, 3], got [2, 4]."],
    [() => layer.forward(x, x, x, undefined, ones([2, 1, 1, 3], { dtype: "bool" })), "MultiHeadAttention: expected a keyPaddingMask that broadcasts to [2, 3], got [2, 1, 1, 3]."],
    [() => layer.forward(x, x, x, undefined, ones([2, 3], { dtype: "int32" })), "MultiHeadAttention: expected a bool or float keyPaddingMask, got int32. Where 1 allows, pass keyPaddingMask.ne(0)."],
    [() => layer.forward(x, x, x, undefined, undefined, ones([2, 3])), "MultiHeadAttention: expected a bool queryMask, got float32."],
    [() => layer.forwardWithWeights(x, x, x, { needWeights: true } as object), 'MultiHeadAttention.forwardWithWeights: expected options mask, keyPaddingMask, queryMask, averageAttentionWeights, got "needWeights".'],
    [() => new Transformer(4, 2, { numEncoderLayers: 0 }), "Transformer: expected numEncoderLayers to be a whole number ≥ 1, got 0."],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  }); // prettier-ignore
});

describe("large scores in float32", () => {
  it.each([1, 1e18])("keep weights finite under padding and added keys, times %j", (factor) => {
    const layer = new MultiHeadAttention(4, 2, { batchFirst: true, addBiasKV: true, addZeroAttention: true });
    const x = draw(2, 3, 4).to("float32").mul(factor);
    x.requiresGrad_();
    const { output, weights } = layer.forwardWithWeights(x, x, x, { keyPaddingMask: bools([[1, 1, 0], [1, 0, 0]]) }); // prettier-ignore
    output.square().mean().backward();
    expectClose(weights.sum({ axis: -1 }), ones([2, 3]), { atol: 1e-6 });
    expect(finite(output)).toBe(true);
  });
});
