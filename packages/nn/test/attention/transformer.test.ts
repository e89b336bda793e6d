import { gradcheck } from "@tapegrad/autograd";
import { Generator, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { NullTracer, symbolicTensor, withTracer } from "@tapegrad/tensor/internal";
import { drawer } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import {
  functional,
  PositionalEncoding,
  Sequential,
  Transformer,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from "../../src/index.ts";
import { rows } from "./plain-attention.ts";

const generator = new Generator(13);
const draw = drawer(13);

describe("TransformerEncoderLayer", () => {
  const options = { hiddenFeatures: 5, dropout: 0, dtype: "float64", generator, activation: "gelu" } as const;

  it.each([false, true])("is the composition of its parts, normFirst %j", (normFirst) => {
    const layer = new TransformerEncoderLayer(4, 2, { ...options, normFirst, causal: true });
    const x = draw(3, 2, 4);
    const { selfAttn, norm1, norm2 } = layer;
    const dense = (t: Tensor): Tensor => layer.linear2.forward(functional.gelu(layer.linear1.forward(t)));
    const first = normFirst ? x.add(selfAttn.forward(norm1.forward(x))) : norm1.forward(x.add(selfAttn.forward(x)));
    const want = normFirst ? first.add(dense(norm2.forward(first))) : norm2.forward(first.add(dense(first)));
    expect(layer.forward(x).toArray()).toEqual(want.toArray());
    expect(gradcheck((t) => layer.forward(t), [draw(2, 1, 4)], { order: 2 }).passed).toBe(true);
  });

  it("has PyTorch's keys, and stands in a Sequential", () => {
    const layer = new TransformerEncoderLayer(4, 2, options);
    expect(Object.keys(layer.stateDict())).toEqual([
      ...["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"].map((key) => `self_attn.${key}`),
      ...["linear1", "linear2", "norm1", "norm2"].flatMap((key) => [`${key}.weight`, `${key}.bias`]),
    ]);
    const net = new Sequential(new PositionalEncoding(4), layer, new TransformerEncoderLayer(4, 2, options));
    expect(net.forward(draw(3, 2, 4)).shape).toEqual([3, 2, 4]);
  });

  it("drops in training only", () => {
    const layer = new TransformerEncoderLayer(4, 2, { hiddenFeatures: 5, dropout: 0.5, generator });
    const x = randn([3, 2, 4], { generator });
    expect(layer.forward(x).toArray()).not.toEqual(layer.forward(x).toArray());
    layer.eval();
    expect(layer.forward(x).toArray()).toEqual(layer.forward(x).toArray());
  });

  it("reads no values", () => {
    const net = new Sequential(new PositionalEncoding(4), new TransformerEncoderLayer(4, 2, { causal: true }));
    const x = symbolicTensor({ shape: [3, 2, 4], dtype: "float32" });
    const y = withTracer(new NullTracer(), () => net.forward(x));
    expect([y.shape, y.storage.data]).toEqual([[3, 2, 4], undefined]);
  });
});

describe("stacks of layers", () => {
  const small = { hiddenFeatures: 5, dropout: 0, dtype: "float64", generator } as const;

  it("are their layers one behind the other, each initialised on its own", () => {
    const encoder = new TransformerEncoder(4, 2, 3, { ...small, norm: true, normFirst: true });
    const x = draw(3, 2, 4);
    const counts = tensor([[1, 1, 0], [1, 1, 1]]).ne(0); // prettier-ignore
    const through = encoder.layers.reduce((t, layer) => layer.forward(t, undefined, counts), x);
    expect(encoder.forward(x, undefined, counts).toArray()).toEqual(encoder.norm!.forward(through).toArray());
    const firsts = encoder.layers.map((layer) => layer.linear1.weight.at(0, 0).item());
    expect(new Set(firsts).size).toBe(3);
    const again = new TransformerEncoder(4, 2, 3, { ...small, generator: new Generator(9) });
    const twin = new TransformerEncoder(4, 2, 3, { ...small, generator: new Generator(9) });
    expect(again.forward(x).toArray()).toEqual(twin.forward(x).toArray());
    const decoder = new TransformerDecoder(4, 2, 2, { ...small, norm: true, causal: true });
    const memory = draw(5, 2, 4);
    const masks = { tgtKeyPaddingMask: counts };
    const decoded = decoder.layers.reduce((t, layer) => layer.forward(t, memory, masks), x);
    expect(decoder.forward(x, memory, masks).toArray()).toEqual(decoder.norm!.forward(decoded).toArray());
  });

  it("begin with PyTorch's numbers: Xavier's matrices in a Transformer, U(±1/√in) of dense layers elsewhere", () => {
    const options = { numEncoderLayers: 1, numDecoderLayers: 1, hiddenFeatures: 300, generator };
    const model = new Transformer(100, 2, options);
    const { linear1 } = model.decoder.layers[0]!;
    expect(linear1.weight.abs().max().item()).toBeCloseTo(Math.sqrt(6 / 400), 2);
    expect(linear1.bias!.abs().max().item()).toBeCloseTo(0.1, 2);
    const alone = new TransformerDecoderLayer(100, 2, { hiddenFeatures: 300, generator });
    expect(alone.linear1.weight.abs().max().item()).toBeCloseTo(0.1, 3);
    expect(model.encoder.layers[0]!.selfAttn.inProjBias!.abs().max().item()).toBe(0);
  });

  it("have derivatives of first and second order, to source and target", () => {
    for (const normFirst of [false, true]) {
      const options = { ...small, normFirst, activation: "gelu", numEncoderLayers: 1, numDecoderLayers: 1 } as const;
      const model = new Transformer(4, 2, { ...options, causal: true });
      const masks = { srcKeyPaddingMask: tensor([1, 0]).ne(0), memoryKeyPaddingMask: tensor([1, 0]).ne(0) };
      const f = (src: Tensor, tgt: Tensor): Tensor => model.forward(src, tgt, masks);
      expect(gradcheck(f as (...t: Tensor[]) => Tensor, [draw(2, 4), draw(2, 4)], { order: 2 }).passed).toBe(true);
    }
  });

  it("keep the target from its future, by causal as by the mask", () => {
    const options = { ...small, numEncoderLayers: 1, numDecoderLayers: 2, batchFirst: true } as const;
    const model = new Transformer(4, 2, { ...options, causal: true });
    const free = new Transformer(4, 2, options);
    free.loadStateDict(model.stateDict());
    const [src, tgt] = [draw(2, 5, 4), draw(2, 3, 4)];
    const tgtMask = Transformer.generateSquareSubsequentMask(3);
    const y = model.forward(src, tgt);
    expect(y.toArray()).toEqual(free.forward(src, tgt, { tgtMask }).toArray());
    expect(y.toArray()).not.toEqual(free.forward(src, tgt).toArray());
    const later = tgt.add(tensor([0, 0, 1e3]).to("float64").unsqueeze(-1));
    expect(model.forward(src, later).slice([], [0, 2]).toArray()).toEqual(y.slice([], [0, 2]).toArray());
  });

  it("drop in training only, in all parts", () => {
    const options = { hiddenFeatures: 5, dropout: 0.5, generator, numEncoderLayers: 1, numDecoderLayers: 1 };
    const model = new Transformer(4, 2, options);
    const [src, tgt] = [randn([3, 2, 4], { generator }), randn([2, 2, 4], { generator })];
    expect(model.forward(src, tgt).toArray()).not.toEqual(model.forward(src, tgt).toArray());
    model.eval();
    expect(model.forward(src, tgt).toArray()).toEqual(model.forward(src, tgt).toArray());
  });

  it("have no biases without bias, those of norms included", () => {
    const model = new Transformer(4, 2, { bias: false, hiddenFeatures: 5, numEncoderLayers: 1, numDecoderLayers: 1 });
    expect(Object.keys(model.stateDict()).filter((key) => key.includes("bias"))).toEqual([]);
  });

  const x = zeros([3, 2, 4]);
  it.each<readonly [() => unknown, string]>([
    [() => new TransformerEncoder(4, 2, 0), "TransformerEncoder: expected numLayers to be a whole number ≥ 1, got 0."],
    [() => new TransformerDecoder(4, 3, 1), "TransformerDecoder: expected heads to divide 4 features, got 3."],
    [() => new TransformerDecoderLayer(4, 2, { hiddenFeatures: 5 }).forward(x, x, { mask: x } as object), 'TransformerDecoderLayer.forward: expected options tgtMask, memoryMask, tgtKeyPaddingMask, memoryKeyPaddingMask, got "mask".'],
    [() => new Transformer(4, 2, { numLayers: 2 } as object), 'got "numLayers".'],
    [() => Transformer.generateSquareSubsequentMask(0), "generateSquareSubsequentMask: expected size to be a whole number ≥ 1, got 0."],
  ])("refuse what does not fit: %#", (call, message) => {
    expect(call).toThrow(message);
  }); // prettier-ignore
});

describe("positionalEncoding", () => {
  it("agrees with Math.sin and Math.cos", () => {
    const table = rows(functional.positionalEncoding(50, 6, { dtype: "float64", base: 100 }));
    table.forEach((row, t) =>
      row.forEach((value, c) => {
        const angle = t / 100 ** ((c - (c % 2)) / 6);
        expect(value).toBeCloseTo(c % 2 === 0 ? Math.sin(angle) : Math.cos(angle), 12);
      }),
    );
  });

  it("is added along time, wherever that is", () => {
    const table = functional.positionalEncoding(3, 4, { dtype: "float64" }).toArray();
    const zero = zeros([2, 3, 4], { dtype: "float64" });
    expect(new PositionalEncoding(4, { batchFirst: true }).forward(zero).toArray()).toEqual([table, table]);
    expect(new PositionalEncoding(4).forward(zero.transpose(0, 1)).transpose(0, 1).toArray()).toEqual([table, table]);
    expect(new PositionalEncoding(4).forward(zero.slice(0)).toArray()).toEqual(table);
  });
});
