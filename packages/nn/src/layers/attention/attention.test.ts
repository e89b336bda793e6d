import { gradcheck } from "@tapegrad/autograd";
import {
  type DType,
  Generator,
  ones,
  randn,
  type Tensor,
  Tensor as TensorClass,
  tensor,
  type Tracer,
  withTracer,
  zeros,
} from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  functional,
  MultiHeadAttention,
  PositionalEncoding,
  Sequential,
  TransformerEncoderLayer,
} from "../../index.ts";

const generator = new Generator(11);
const draw = (...shape: number[]): Tensor => randn(shape, { dtype: "float64", generator });
const { scaledDotProductAttention: attend, multiHeadAttention } = functional;

type Matrix = readonly (readonly number[])[];
const rows = (t: Tensor): Matrix => t.toArray() as number[][];
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);

/** Attention of one head in scalars; `bias[i][j]` is added to a score, −∞ forbids it. */
function plainAttention(
  q: Matrix,
  k: Matrix,
  v: Matrix,
  scale: number,
  bias: (i: number, j: number) => number,
): number[][] {
  return q.map((query, i) => {
    const scores = k.map((key, j) => scale * dot(query, key) + bias(i, j));
    const top = Math.max(...scores);
    const powers = scores.map((score) => (score === -Infinity ? 0 : Math.exp(score - top)));
    const total = powers.reduce((a, b) => a + b, 0);
    return (v[0] as number[]).map((_, c) => powers.reduce((sum, p, j) => sum + (total === 0 ? 0 : (p / total) * (v[j]?.[c] as number)), 0));
  }); // prettier-ignore
}

function expectClose(actual: Tensor, expected: unknown): void {
  const flat = [expected].flat(4) as number[];
  expect(actual.size).toBe(flat.length);
  flat.forEach((value, i) => expect(actual.data[i]).toBeCloseTo(value, 12));
}

describe("scaledDotProductAttention", () => {
  const [q, k, v] = [draw(3, 4), draw(5, 4), draw(5, 2)];
  const open = (): number => 0;

  it("agrees with scalars", () => {
    expectClose(attend(q, k, v), plainAttention(rows(q), rows(k), rows(v), 0.5, open));
    expectClose(attend(q, k, v, { scale: -2 }), plainAttention(rows(q), rows(k), rows(v), -2, open));
    const causal = (i: number, j: number): number => (j <= i ? 0 : -Infinity);
    expectClose(attend(q, k, v, { causal: true }), plainAttention(rows(q), rows(k), rows(v), 0.5, causal));
  });

  it("takes masks of truth and of numbers, alone and with causal", () => {
    const allowed = tensor([[1, 0, 1, 1, 0], [1, 1, 0, 0, 1], [0, 0, 1, 0, 0]]).to("bool"); // prettier-ignore
    const bias = draw(3, 5);
    const truth = (i: number, j: number): number => (allowed.data[i * 5 + j] === 1 ? 0 : -Infinity);
    const number = (i: number, j: number): number => bias.data[i * 5 + j] as number;
    const want = (f: (i: number, j: number) => number): number[][] => plainAttention(rows(q), rows(k), rows(v), 0.5, f);
    expectClose(attend(q, k, v, { mask: allowed }), want(truth));
    expectClose(attend(q, k, v, { mask: bias }), want(number));
    const both = (f: typeof truth) => (i: number, j: number) => (j <= i ? f(i, j) : -Infinity);
    expectClose(attend(q, k, v, { mask: allowed, causal: true }), want(both(truth)));
    expectClose(attend(q, k, v, { mask: bias, causal: true }), want(both(number)));
  });

  it("gives zeros, and gradients of zero, for a query without keys", () => {
    const mask = tensor([[1, 1, 1, 1, 1], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0]]).to("bool"); // prettier-ignore
    const [x, y, z] = [q, k, v].map((t) => t.detach().requiresGrad_()) as [Tensor, Tensor, Tensor];
    const out = attend(x, y, z, { mask });
    expect(out.slice(1).toArray()).toEqual([0, 0]);
    out.backward(draw(3, 2));
    expect(x.grad?.slice(1).abs().max().item()).toBe(0);
    for (const t of [x, y, z]) expect(Array.from(t.grad?.data ?? [NaN]).every(Number.isFinite)).toBe(true);
  });

  it("broadcasts leading axes, and keeps float32 finite under large scores", () => {
    const batched = attend(draw(2, 1, 3, 4), draw(3, 5, 4), draw(3, 5, 2));
    expect(batched.shape).toEqual([2, 3, 3, 2]);
    const large = tensor([[3e4, 0], [0, -3e4]]); // prettier-ignore
    expect(attend(large, large, large, { causal: true, mask: tensor([[1, 1], [0, 1]]).to("bool") }).toArray()).toEqual([[3e4, 0], [0, -3e4]]); // prettier-ignore
    expect(attend(tensor([[1]], { dtype: "int32" }), ones([1, 1]), ones([1, 1])).dtype).toBe("float32");
  });

  it("has derivatives of first and second order", () => {
    const mask = tensor([[1, 0, 1], [0, 1, 1]]).to("bool"); // prettier-ignore
    const inputs = [draw(2, 3), draw(3, 3), draw(3, 2)];
    for (const options of [{}, { causal: true }, { mask }, { scale: 0.3 }]) {
      const f = (a: Tensor, b: Tensor, c: Tensor): Tensor => attend(a, b, c, options);
      expect(gradcheck(f as (...t: Tensor[]) => Tensor, inputs, { order: 2 }).passed).toBe(true);
    }
    const biased = (a: Tensor, b: Tensor, c: Tensor, m: Tensor): Tensor => attend(a, b, c, { mask: m });
    expect(gradcheck(biased as (...t: Tensor[]) => Tensor, [...inputs, draw(2, 3)]).passed).toBe(true);
  });

  it("drops weights at its rate", () => {
    const options = { rate: 0.5, generator: new Generator(3) };
    const y = attend(ones([1, 4]), ones([4000, 4]), ones([4000, 1]), options);
    expect(y.item()).toBeCloseTo(1, 1);
    expect(y.item()).not.toBe(1);
    expect(attend(q, k, v, { ...options, training: false }).toArray()).toEqual(attend(q, k, v).toArray());
  });
});

describe("MultiHeadAttention", () => {
  const layer = new MultiHeadAttention(6, 3, { batchFirst: true, dtype: "float64", generator });
  layer.loadStateDict({ ...layer.stateDict(), in_proj_bias: draw(18), "out_proj.bias": draw(6) });

  /** Head by head from the state dict, for one sample. */
  function plain(x: Matrix, y: Matrix, z: Matrix): number[][] {
    const dict = layer.stateDict();
    const [w, b] = [rows(dict["in_proj_weight"] as Tensor), dict["in_proj_bias"]?.toArray() as number[]];
    const project = (input: Matrix, part: number, head: number): number[][] =>
      input.map((row) => [0, 1].map((c) => { const r = part * 6 + head * 2 + c; return dot(w[r] as number[], row) + (b[r] as number); })); // prettier-ignore
    const heads = [0, 1, 2].map((head) =>
      plainAttention(project(x, 0, head), project(y, 1, head), project(z, 2, head), Math.SQRT1_2, () => 0),
    );
    const [out, bias] = [rows(dict["out_proj.weight"] as Tensor), dict["out_proj.bias"]?.toArray() as number[]];
    return x.map((_, i) => out.map((weights, r) => dot(weights, heads.flatMap((head) => head[i] as number[])) + (bias[r] as number))); // prettier-ignore
  }

  it("agrees with scalars, for itself and for other keys and values", () => {
    const [x, y, z] = [draw(2, 4, 6), draw(2, 5, 6), draw(2, 5, 6)];
    const samples = [0, 1].map((i) => [x, y, z].map((t) => rows(t.slice(i))) as [Matrix, Matrix, Matrix]);
    expectClose(layer.forward(x), samples.map(([a]) => plain(a, a, a))); // prettier-ignore
    expectClose(layer.forward(x, y), samples.map(([a, b]) => plain(a, b, b))); // prettier-ignore
    expectClose(layer.forward(x, y, z), samples.map(([a, b, c]) => plain(a, b, c))); // prettier-ignore
    expectClose(
      layer.forward(x.slice(0)),
      plain(...([0, 0, 0].map(() => samples[0]?.[0]) as [Matrix, Matrix, Matrix])),
    );
  });

  it("takes time first, and projections of other widths", () => {
    const timeFirst = new MultiHeadAttention(6, 3, { dtype: "float64" });
    timeFirst.loadStateDict(layer.stateDict());
    const x = draw(2, 4, 6);
    expectClose(timeFirst.forward(x.transpose(0, 1)).transpose(0, 1), layer.forward(x).toArray());
    const wide = new MultiHeadAttention(6, 3, { keyFeatures: 4, valueFeatures: 5, bias: false, batchFirst: true });
    expect(Object.keys(wide.stateDict())).toEqual([
      "q_proj_weight",
      "k_proj_weight",
      "v_proj_weight",
      "out_proj.weight",
    ]);
    expect(wide.forward(randn([2, 3, 6]), randn([2, 7, 4]), randn([2, 7, 5])).shape).toEqual([2, 3, 6]);
    const three = new MultiHeadAttention(6, 3, { dtype: "float64", bias: false });
    const [q, k, v] = [0, 1, 2].map((i) => three.inProjWeight?.slice([6 * i, 6 * i + 6])) as [Tensor, Tensor, Tensor];
    const apart = multiHeadAttention(x, x, x, 3, { inProjWeight: [q, k, v], outProjWeight: three.outProj.weight });
    const stacked = multiHeadAttention(x, x, x, 3, { inProjWeight: three.inProjWeight as Tensor, outProjWeight: three.outProj.weight }); // prettier-ignore
    expectClose(apart, stacked.toArray());
  });

  it("hides padded keys and, if causal, later ones", () => {
    const x = draw(2, 4, 6);
    const valid = tensor([[1, 1, 1, 1], [1, 1, 0, 0]]).to("bool"); // prettier-ignore
    const masked = layer.forward(x, x, x, valid.unsqueeze(1).unsqueeze(1));
    expectClose(
      masked.slice(1, [0, 2]),
      layer
        .forward(x.slice([1, 2], [0, 2]))
        .slice(0)
        .toArray(),
    );
    const causal = new MultiHeadAttention(6, 3, { causal: true, batchFirst: true, dtype: "float64" });
    expectClose(causal.forward(x).slice([], [0, 2]), causal.forward(x.slice([], [0, 2])).toArray());
  });

  it("has derivatives of first and second order", () => {
    const [x, y] = [draw(2, 4), draw(3, 4)];
    const f = (a: Tensor, b: Tensor, w: Tensor, c: Tensor, o: Tensor, p: Tensor): Tensor =>
      multiHeadAttention(a, b, b, 2, { inProjWeight: w, inProjBias: c, outProjWeight: o, outProjBias: p });
    const inputs = [x, y, draw(12, 4), draw(12), draw(4, 4), draw(4)];
    expect(gradcheck(f as (...t: Tensor[]) => Tensor, inputs).passed).toBe(true);
    const [, , w, c, o, p] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
    expect(gradcheck((a) => multiHeadAttention(a, a, a, 2, { inProjWeight: w, inProjBias: c, outProjWeight: o, outProjBias: p }), [x], { order: 2 }).passed).toBe(true); // prettier-ignore
  });

  it("starts as PyTorch's", () => {
    const fresh = new MultiHeadAttention(6, 3, { generator });
    expect(fresh.inProjWeight?.abs().max().item()).toBeLessThanOrEqual(Math.sqrt(6 / 24));
    expect(fresh.outProj.weight.abs().max().item()).toBeLessThanOrEqual(1 / Math.sqrt(6));
    expect([fresh.inProjBias, fresh.outProj.bias].map((b) => b?.abs().max().item())).toEqual([0, 0]);
    expect(String(fresh)).toContain("6, heads=3");
  });
});

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
    const symbolic = (shape: readonly number[], dtype: DType): Tensor =>
      new TensorClass({ dtype, data: undefined, version: 0 }, shape);
    const net = new Sequential(new PositionalEncoding(4), new TransformerEncoderLayer(4, 2, { causal: true }));
    const tracer: Tracer = { record: (_name, _in, _attrs, out) => out.map((spec) => symbolic(spec.shape, spec.dtype)) };
    const y = withTracer(tracer, () => net.forward(symbolic([3, 2, 4], "float32")));
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

describe("attention errors", () => {
  const x = zeros([2, 3]);
  const weights = { inProjWeight: zeros([12, 4]), outProjWeight: zeros([4, 4]) };
  it.each<readonly [() => unknown, string]>([
    [() => attend(zeros([3]), x, x), "scaledDotProductAttention: expected query of at least two axes, got shape [3]."],
    [() => attend(x, zeros([2, 4]), x), "scaledDotProductAttention: expected a key of shape [..., 3], got [2, 4]."],
    [() => attend(x, x, zeros([3, 3])), "scaledDotProductAttention: expected a value of shape [..., 2, features], got [3, 3]."],
    [() => attend(x, x, x, { mask: zeros([1, 2, 2]) }), "scaledDotProductAttention: expected a mask that broadcasts to [2, 2], got [1, 2, 2]."],
    [() => attend(x, x, x, { scale: NaN }), "scaledDotProductAttention: expected scale to be a finite number, got NaN."],
    [() => attend(x, x, x, { rate: 2 }), "dropout: expected a rate in [0, 1], got 2."],
    [() => attend(x, x, x, { isCausal: true } as object), 'scaledDotProductAttention: expected options mask, causal, scale, rate, training, generator, got "isCausal".'],
    [() => multiHeadAttention(zeros([2, 4]), x, x, 3, weights), "multiHeadAttention: expected heads to divide 4 features, got 3."],
    [() => multiHeadAttention(x, x, x, 2, { ...weights, inProjWeight: zeros([8, 4]) }), "multiHeadAttention: expected inProjWeight of shape [12, in], got [8, 4]."],
    [() => multiHeadAttention(x, x, x, 2, { ...weights, inProjBias: zeros([4]) }), "multiHeadAttention: expected inProjBias of shape [12], got [4]."],
    [() => multiHeadAttention(x, x, x, 2, { ...weights, inProjWeight: [x, x, x] }), "multiHeadAttention: expected projections of shape [4, in], got [2, 3]."],
    [() => new MultiHeadAttention(0, 1), "MultiHeadAttention: expected features to be a whole number of at least 1, got 0."],
    [() => new MultiHeadAttention(4, 0.5), "MultiHeadAttention: expected heads to divide 4 features, got 0.5."],
    [() => new MultiHeadAttention(4, 2, { dropout: -1 }), "MultiHeadAttention: expected a rate in [0, 1], got -1."],
    [() => new MultiHeadAttention(4, 2, { dtype: "bool" as "float32" }), "MultiHeadAttention: expected dtype float32 or float64, got bool."],
    [() => new MultiHeadAttention(4, 2, { kdim: 2 } as object), 'generator, dtype, got "kdim".'],
    [() => new TransformerEncoderLayer(4, 2, { hiddenFeatures: 0 }), "TransformerEncoderLayer: expected hiddenFeatures to be a whole number of at least 1, got 0."],
    [() => new TransformerEncoderLayer(4, 2, { heads: 2 } as object), 'generator, dtype, got "heads".'],
    [() => functional.positionalEncoding(0, 2), "positionalEncoding: expected length to be a whole number of at least 1, got 0."],
    [() => functional.positionalEncoding(1, 2, { base: 0 }), "positionalEncoding: expected base > 0, got 0."],
    [() => new PositionalEncoding(3), "PositionalEncoding: expected an even number of features of at least 2, got 3."],
    [() => new PositionalEncoding(2).forward(zeros([2, 1, 4])), "PositionalEncoding: expected input of shape [time, batch, 2], got [2, 1, 4]."],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  }); // prettier-ignore
});
