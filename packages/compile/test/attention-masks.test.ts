import { grad } from "@tapegrad/autograd";
import { functional, TransformerEncoderLayer } from "@tapegrad/nn";
import { type Tensor, tensor, zeros } from "@tapegrad/tensor";
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
