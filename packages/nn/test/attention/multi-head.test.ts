import { gradcheck } from "@tapegrad/autograd";
import { Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { drawer, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional, MultiHeadAttention } from "../../src/index.ts";
import { dot, type Matrix, plainAttention, rows } from "./plain-attention.ts";

const generator = new Generator(12);
const draw = drawer(12);
const { multiHeadAttention } = functional;

describe("MultiHeadAttention", () => {
  const layer = new MultiHeadAttention(6, 3, { batchFirst: true, dtype: "float64", generator });
  layer.loadStateDict({ ...layer.stateDict(), in_proj_bias: draw(18), "out_proj.bias": draw(6) });

  /** Head by head from the state dict, for one sample. */
  function plain(x: Matrix, y: Matrix, z: Matrix): number[][] {
    const dict = layer.stateDict();
    const [w, b] = [rows(dict["in_proj_weight"]!), dict["in_proj_bias"]?.toArray() as number[]];
    const project = (input: Matrix, part: number, head: number): number[][] =>
      input.map((row) =>
        [0, 1].map((c) => {
          const r = part * 6 + head * 2 + c;
          return dot(w[r] as number[], row) + b[r]!;
        }),
      );
    const heads = [0, 1, 2].map((head) =>
      plainAttention(project(x, 0, head), project(y, 1, head), project(z, 2, head), Math.SQRT1_2, () => 0),
    );
    const [out, bias] = [rows(dict["out_proj.weight"]!), dict["out_proj.bias"]?.toArray() as number[]];
    return x.map((_, i) =>
      out.map(
        (weights, r) =>
          dot(
            weights,
            heads.flatMap((head) => head[i]!),
          ) + bias[r]!,
      ),
    );
  }

  it("agrees with scalars, for itself and for other keys and values", () => {
    const [x, y, z] = [draw(2, 4, 6), draw(2, 5, 6), draw(2, 5, 6)];
    const samples = [0, 1].map((i) => [x, y, z].map((t) => rows(t.slice(i))) as [Matrix, Matrix, Matrix]);
    expectClose(
      layer.forward(x),
      samples.map(([a]) => plain(a, a, a)),
    );
    expectClose(
      layer.forward(x, y),
      samples.map(([a, b]) => plain(a, b, b)),
    );
    expectClose(
      layer.forward(x, y, z),
      samples.map(([a, b, c]) => plain(a, b, c)),
    );
    expectClose(
      layer.forward(x.slice(0)),
      plain(...([0, 0, 0].map(() => samples[0]?.[0]) as [Matrix, Matrix, Matrix])),
    );
  });

  it("takes time first, and projections of other widths", () => {
    const timeFirst = new MultiHeadAttention(6, 3, { dtype: "float64" });
    timeFirst.loadStateDict(layer.stateDict());
    const x = draw(2, 4, 6);
    expectClose(timeFirst.forward(x.transpose(0, 1)).transpose(0, 1), layer.forward(x));
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
    const stacked = multiHeadAttention(x, x, x, 3, {
      inProjWeight: three.inProjWeight as Tensor,
      outProjWeight: three.outProj.weight,
    });
    expectClose(apart, stacked);
  });

  it("hides padded keys and, if causal, later ones", () => {
    const x = draw(2, 4, 6);
    const valid = tensor([
      [1, 1, 1, 1],
      [1, 1, 0, 0],
    ]).to("bool");
    const masked = layer.forward(x, x, x, valid.unsqueeze(1).unsqueeze(1));
    expectClose(masked.slice(1, [0, 2]), layer.forward(x.slice([1, 2], [0, 2])).slice(0));
    const causal = new MultiHeadAttention(6, 3, { causal: true, batchFirst: true, dtype: "float64" });
    expectClose(causal.forward(x).slice([], [0, 2]), causal.forward(x.slice([], [0, 2])));
  });

  it("has derivatives of first and second order", () => {
    const [x, y] = [draw(2, 4), draw(3, 4)];
    const f = (a: Tensor, b: Tensor, w: Tensor, c: Tensor, o: Tensor, p: Tensor): Tensor =>
      multiHeadAttention(a, b, b, 2, { inProjWeight: w, inProjBias: c, outProjWeight: o, outProjBias: p });
    const inputs = [x, y, draw(12, 4), draw(12), draw(4, 4), draw(4)];
    expect(gradcheck(f as (...t: Tensor[]) => Tensor, inputs).passed).toBe(true);
    const [, , w, c, o, p] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
    expect(
      gradcheck(
        (a) => multiHeadAttention(a, a, a, 2, { inProjWeight: w, inProjBias: c, outProjWeight: o, outProjBias: p }),
        [x],
        { order: 2 },
      ).passed,
    ).toBe(true);
  });

  it("starts as PyTorch's", () => {
    const fresh = new MultiHeadAttention(6, 3, { generator });
    expect(fresh.inProjWeight?.abs().max().item()).toBeLessThanOrEqual(Math.sqrt(6 / 24));
    expect(fresh.outProj.weight.abs().max().item()).toBeLessThanOrEqual(1 / Math.sqrt(6));
    expect([fresh.inProjBias, fresh.outProj.bias].map((b) => b?.abs().max().item())).toEqual([0, 0]);
    expect(String(fresh)).toContain("6, heads=3");
  });
});
