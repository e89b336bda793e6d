import { grad } from "@tapegrad/autograd";
import {
  AdditiveAttention,
  Attention,
  functional,
  MultiHeadAttention,
  RotaryEmbedding,
  Transformer,
  TransformerEncoderLayer,
} from "@tapegrad/nn";
import { Generator, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { drawer } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager } from "./same-as-eager.ts";

const { scaledDotProductAttention: attend } = functional;
const draw = drawer(31);

describe("compiled attention under masks", () => {
  const [q, k, v] = [draw(4, 3), draw(4, 3), draw(4, 2)].map((t) => t.requiresGrad_()) as [Tensor, Tensor, Tensor];
  const valid = tensor([0, 1, 1, 1], { dtype: "bool" });
  const rows = tensor([1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1], { dtype: "bool" }).reshape([4, 4]);
  const numbers = zeros([4, 4]).maskedFill(rows.logicalNot(), -Infinity);

  it("is what it is eagerly, gradients and their gradients included", () => {
    for (const mask of [undefined, valid, rows, numbers, numbers.maskedFill(numbers.lt(0), -3.4e38)]) {
      for (const causal of [false, true]) {
        expectSameAsEager((wrap) => {
          const f = wrap(() => {
            const out = attend(q, k, v, { mask, causal });
            const first = grad(out.square().sum(), [q, k, v], { createGraph: true });
            const second = grad(first[0]!.square().sum().add(first[2]!.square().sum()), [q, k, v]);
            return [out, ...first, ...second];
          });
          return [f(), f()];
        }, 1e-9);
      }
    }
  });

  it("keeps NaN in padded keys and values out of outputs and gradients", () => {
    const spoil = (t: Tensor): Tensor => t.detach().maskedFill(valid.logicalNot().unsqueeze(1), NaN).requiresGrad_();
    const step = compile((a: Tensor, b: Tensor, c: Tensor) => {
      const out = attend(a, b, c, { mask: valid, causal: true });
      return [out, ...grad(out.square().sum(), [a, b, c])];
    });
    const got = step(q, spoil(k), spoil(v));
    expect(got.every((t) => Array.from(t.data).every(Number.isFinite))).toBe(true);
    expect(got.map((t) => t.toArray())).toEqual(step(q, k, v).map((t) => t.toArray()));
  });

  it("keeps the past of an encoder layer apart from its future", () => {
    const options = { hiddenFeatures: 6, dropout: 0, causal: true, batchFirst: true, dtype: "float64" } as const;
    const layer = new TransformerEncoderLayer(4, 2, options);
    const f = compile((x: Tensor) => layer.forward(x, valid));
    const x = draw(2, 4, 4);
    const before = f(x);
    for (let t = 0; t < 4; t++) {
      const at = tensor([0, 1, 2, 3]).eq(t).reshape([1, 4, 1]);
      for (const change of [1, 1e30, NaN]) {
        const after = f(x.add(zeros([1, 4, 1], { dtype: "float64" }).maskedFill(at, change)));
        expect(after.slice([], [0, t]).toArray()).toEqual(before.slice([], [0, t]).toArray());
      }
    }
  });
});

describe("compiled layers of attention notice what changes between calls", () => {
  const generator = (): Generator => new Generator(5);
  const counts = tensor([[1, 1, 0, 1], [0, 1, 1, 0]]).ne(0); // prettier-ignore
  const others = tensor([[1, 0, 0, 1], [1, 1, 1, 0]]).ne(0); // prettier-ignore
  const queries = tensor([[1, 0, 1], [1, 1, 0]]).ne(0); // prettier-ignore
  const [x, y] = [draw(2, 3, 4), draw(2, 4, 4)];

  it.each<readonly [string, () => MultiHeadAttention | Attention | AdditiveAttention]>([
    ["MultiHeadAttention", () => new MultiHeadAttention(4, 2, { batchFirst: true, dropout: 0.5, generator: generator(), dtype: "float64" })],
    [
      "MultiHeadAttention with all that is added",
      () => new MultiHeadAttention(4, 2, { batchFirst: true, addBiasKV: true, addZeroAttention: true, causal: true, rotary: new RotaryEmbedding(2), generator: generator(), dtype: "float64" }),
    ],
    ["Attention", () => new Attention({ useScale: true, scoreMode: "concat", dropout: 0.5, generator: generator(), dtype: "float64" })],
    ["AdditiveAttention", () => new AdditiveAttention(4, { causal: true, generator: generator(), dtype: "float64" })],
  ])("%s: padding there and gone, other padding, modes, parameters", (_name, make) => {
    expectSameAsEager((wrap) => {
      const layer = make();
      const step = wrap((a: Tensor, b: Tensor, keyPaddingMask?: Tensor, queryMask?: Tensor) => {
        layer.zeroGrad();
        const { output, weights } = layer.forwardWithWeights(a, b, b, { keyPaddingMask, queryMask });
        output.square().sum().backward();
        return [output.detach(), weights.detach(), ...layer.parameters().map((p) => p.grad!)];
      });
      const seen = [step(x, y), step(x, y, counts), step(x, y, others, queries), step(x, y, undefined, queries), step(x, y)];
      layer.eval();
      seen.push(step(x, y, counts), step(x, y));
      for (const parameter of layer.parameters()) parameter.requiresGrad_(true);
      layer.loadStateDict(Object.fromEntries(Object.entries(layer.stateDict()).map(([key, t]) => [key, t.mul(2)])));
      seen.push(step(x, y, counts));
      layer.train();
      seen.push(step(x, y, counts));
      return seen;
    }, 1e-9);
  }); // prettier-ignore

  it("a Transformer: masks there and gone, modes", () => {
    expectSameAsEager((wrap) => {
      const options = { numEncoderLayers: 1, numDecoderLayers: 1, hiddenFeatures: 6, batchFirst: true } as const;
      const model = new Transformer(4, 2, { ...options, dropout: 0.25, generator: generator(), dtype: "float64" });
      const run = wrap((src: Tensor, tgt: Tensor, mask?: Tensor, look?: Tensor) =>
        model.forward(src, tgt, { srcKeyPaddingMask: mask, memoryKeyPaddingMask: mask, tgtMask: look }),
      );
      const look = Transformer.generateSquareSubsequentMask(3);
      const seen = [run(y, x), run(y, x, counts, look), run(y, x, undefined, look)];
      model.eval();
      seen.push(run(y, x, counts), run(y, x));
      model.train();
      return [...seen, run(y, x)];
    }, 1e-9);
  });

  it("rotary positions: other positions, another offset", () => {
    const turn = (wrap: <A extends unknown[], R>(f: (...args: A) => R) => (...args: A) => R): Tensor[] => {
      const f = wrap((t: Tensor, positions: Tensor | undefined, offset: number) =>
        functional.rotaryEmbedding(t, { positions, offset, layout: "interleaved" }),
      );
      const places = tensor([4, 0, 2, 7], { dtype: "int32" });
      return [f(y, undefined, 0), f(y, undefined, 3), f(y, places, 0), f(y, places.add(1), 0)];
    };
    expectSameAsEager(turn, 1e-12);
  });
});
