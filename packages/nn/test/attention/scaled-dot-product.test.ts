import { gradcheck } from "@tapegrad/autograd";
import { Generator, ones, type Tensor, tensor } from "@tapegrad/tensor";
import { drawer, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional } from "../../src/index.ts";
import { plainAttention, rows } from "./plain-attention.ts";

const draw = drawer(11);
const { scaledDotProductAttention: attend } = functional;

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
    const allowed = tensor([
      [1, 0, 1, 1, 0],
      [1, 1, 0, 0, 1],
      [0, 0, 1, 0, 0],
    ]).to("bool");
    const bias = draw(3, 5);
    const truth = (i: number, j: number): number => (allowed.data[i * 5 + j] === 1 ? 0 : -Infinity);
    const number = (i: number, j: number): number => bias.data[i * 5 + j]!;
    const want = (f: (i: number, j: number) => number): number[][] => plainAttention(rows(q), rows(k), rows(v), 0.5, f);
    expectClose(attend(q, k, v, { mask: allowed }), want(truth));
    expectClose(attend(q, k, v, { mask: bias }), want(number));
    const both = (f: typeof truth) => (i: number, j: number) => (j <= i ? f(i, j) : -Infinity);
    expectClose(attend(q, k, v, { mask: allowed, causal: true }), want(both(truth)));
    expectClose(attend(q, k, v, { mask: bias, causal: true }), want(both(number)));
  });

  it("gives zeros, and gradients of zero, for a query without keys", () => {
    const mask = tensor([
      [1, 1, 1, 1, 1],
      [0, 0, 0, 0, 0],
      [1, 0, 0, 0, 0],
    ]).to("bool");
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
    const large = tensor([
      [3e4, 0],
      [0, -3e4],
    ]);
    expect(
      attend(large, large, large, {
        causal: true,
        mask: tensor([
          [1, 1],
          [0, 1],
        ]).to("bool"),
      }).toArray(),
    ).toEqual([
      [3e4, 0],
      [0, -3e4],
    ]);
    expect(attend(tensor([[1]], { dtype: "int32" }), ones([1, 1]), ones([1, 1])).dtype).toBe("float32");
  });

  it("shares keys and values among heads of a group", () => {
    const [queries, keys, values] = [draw(2, 6, 3, 4), draw(2, 3, 5, 4), draw(2, 2, 5, 2)];
    const mask = draw(6, 3, 5).gt(-0.5);
    const got = attend(queries, keys, values, { enableGqa: true, mask, causal: true });
    expect(got.shape).toEqual([2, 6, 3, 2]);
    for (const sample of [0, 1]) {
      for (let head = 0; head < 6; head++) {
        const [key, value] = [keys.slice(sample, Math.floor(head / 2)), values.slice(sample, Math.floor(head / 3))];
        const alone = attend(queries.slice(sample, head), key, value, { mask: mask.slice(head), causal: true });
        expectClose(got.slice(sample, head), rows(alone));
      }
    }
    const f = (a: Tensor, b: Tensor, c: Tensor): Tensor => attend(a, b, c, { enableGqa: true });
    const inputs = [draw(4, 2, 2), draw(2, 3, 2), draw(1, 3, 2)];
    expect(gradcheck(f as (...t: Tensor[]) => Tensor, inputs, { order: 2 }).passed).toBe(true);
  });

  it("has derivatives of first and second order", () => {
    const mask = tensor([
      [1, 0, 1],
      [0, 1, 1],
    ]).to("bool");
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
