import { gradcheck } from "@tapegrad/autograd";
import { Generator, randn, type Tensor, zeros } from "@tapegrad/tensor";
import { NullTracer, symbolicTensor, withTracer } from "@tapegrad/tensor/internal";
import { drawer } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional, PositionalEncoding, Sequential, TransformerEncoderLayer } from "../../src/index.ts";
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
