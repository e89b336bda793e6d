import { grad } from "@tapegrad/autograd";
import { functional } from "@tapegrad/nn";
import { arange, type DType, Generator, randn, type Tensor, tensor, where } from "@tapegrad/tensor";
import { iota } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager } from "./same-as-eager.ts";

const { scaledDotProductAttention: attend } = functional;
const generator = new Generator(3);

/** The floating-point operations of the products of a compiled function. */
function flopsOf(compiled: {
  readonly plan?: { readonly schedule: readonly { kind: string; flops: number }[] } | undefined;
}): number[] {
  return compiled.plan!.schedule.flatMap(({ kind, flops }) => (kind === "matmul" ? [flops] : []));
}

/** Attention and its gradients for a cotangent. */
const gradients = (out: Tensor, cotangent: Tensor, leaves: readonly Tensor[]): Tensor[] => [
  out,
  ...grad(out, leaves, { cotangent }),
];

type Inputs = readonly [q: Tensor, k: Tensor, v: Tensor, cotangent: Tensor];

function inputsOf(queries: number, keys: number, dtype: DType = "float32", stack: readonly number[] = [2, 3]): Inputs {
  const draw = (length: number, width: number): Tensor => randn([...stack, length, width], { generator, dtype });
  const leaf = (t: Tensor): Tensor => t.requiresGrad_();
  return [leaf(draw(queries, 8)), leaf(draw(keys, 8)), leaf(draw(keys, 5)), draw(queries, 5)];
}

describe("products of causal attention", () => {
  it.each([
    [31, 31],
    [32, 32],
    [33, 33],
    [64, 64],
    [100, 100],
    [40, 64],
    [64, 40],
    [300, 300],
  ])("of %i queries and %i keys are those of eager code, in both precisions", (queries, keys) => {
    for (const dtype of ["float32", "float64"] as const) {
      const [q, k, v, ct] = inputsOf(queries, keys, dtype);
      expectSameAsEager(
        (wrap) => {
          const f = wrap((g: Tensor) => gradients(attend(q, k, v, { causal: true }), g, [q, k, v]));
          return [f(ct), f(ct.mul(2))];
        },
        dtype === "float32" ? 2e-5 : 1e-12,
      );
    }
  });

  it("leave out what the mask hides, forwards and backwards, and nothing of a mask that is an argument", () => {
    const [q, k, v, ct] = inputsOf(64, 64);
    const f = compile(() => gradients(attend(q, k, v, { causal: true }), ct, [q, k, v]));
    f();
    const visible = (64 * 65) / 2;
    expect(flopsOf(f)).toEqual([8, 5, 5, 5, 8, 8].map((width) => 2 * 6 * width * visible));
    const past = arange(64).unsqueeze(0).le(arange(64).unsqueeze(1));
    const g = compile((mask: Tensor) => gradients(attend(q, k, v, { mask }), ct, [q, k, v]));
    g(past);
    expect(flopsOf(g)).toEqual([8, 5, 5, 5, 8, 8].map((width) => 2 * 6 * width * 64 * 64));
  });

  it("are as NaN as those of eager code, wherever something is not finite", () => {
    for (const [which, at] of [0, 1, 2, 3].flatMap((i) => [0, 17, 63].map((place) => [i, place] as const))) {
      for (const bad of [NaN, Infinity, -Infinity]) {
        const spoiled = inputsOf(64, 64, "float64", []).map((t, i) => {
          const isBad = arange(64).eq(at).unsqueeze(1);
          return (i === which ? t.detach().maskedFill(isBad, bad) : t.detach()).requiresGrad_(i < 3);
        }) as unknown as Inputs;
        const [q, k, v, ct] = spoiled;
        expectSameAsEager((wrap) => wrap(() => gradients(attend(q, k, v, { causal: true }), ct, [q, k, v]))(), 1e-9);
      }
    }
  });

  it("take part in gradients of gradients", () => {
    const [q, k, v] = inputsOf(40, 40, "float64", []);
    expectSameAsEager((wrap) => {
      const f = wrap(() => {
        const out = attend(q, k, v, { causal: true });
        const first = grad(out.square().sum(), [q, k, v], { createGraph: true });
        return [
          ...first,
          ...grad(
            first.map((t) => t.square().sum()).reduce((a, b) => a.add(b)),
            [q, k, v],
          ),
        ];
      });
      return f();
    }, 1e-9);
  });

  it("with dropout, padding, a mask of numbers, heads that share keys, and any number of threads", () => {
    const [q, k, v, ct] = inputsOf(48, 48);
    const shared = [k, v].map((t) => t.detach().slice([], [0, 1]).requiresGrad_()) as [Tensor, Tensor];
    const padding = arange(48).lt(40);
    const numbers = randn([48, 48], { generator });
    expectSameAsEager((wrap) => {
      const random = new Generator(8);
      const f = wrap(() => [
        ...gradients(attend(q, k, v, { causal: true, rate: 0.3, training: true, generator: random }), ct, [q, k, v]),
        ...gradients(attend(q, k, v, { causal: true, mask: padding }), ct, [q, k, v]),
        ...gradients(attend(q, k, v, { causal: true, mask: numbers }), ct, [q, k, v]),
        ...gradients(attend(q, ...shared, { causal: true, enableGqa: true }), ct, [q, ...shared]),
      ]);
      return [f(), f()];
    }, 2e-5);
    const [one, ...others] = [1, 2, 3].map((threads) => {
      const f = compile(() => gradients(attend(q, k, v, { causal: true }), ct, [q, k, v]), { threads });
      return f().map((t) => [...t.data]);
    });
    for (const other of others) expect(other).toEqual(one);
  });
});

describe("products under masks that follow from positions", () => {
  const [i, j] = [arange(64).unsqueeze(1), arange(64).unsqueeze(0)];

  // Positions that are not constants of the graph, as those of causal attention.
  const [down, across] = [(): Tensor => iota([64, 1], 0), (): Tensor => iota([1, 64], 1)];

  it.each<readonly [string, () => Tensor, number]>([
    ["positions, j ≤ i", () => across().le(down()), (64 * 65) / 2],
    ["positions, i ≥ j", () => down().ge(across()), (64 * 65) / 2],
    ["positions, j < i", () => across().lt(down()), (64 * 63) / 2],
    ["positions, j > i", () => across().gt(down()), (64 * 63) / 2],
    ["positions, i < j", () => down().lt(across()), (64 * 63) / 2],
    ["positions, i = j", () => down().eq(across()), 64],
    ["j ≤ i", () => arange(64).unsqueeze(0).le(arange(64).unsqueeze(1)), (64 * 65) / 2],
    ["i ≥ j", () => arange(64).unsqueeze(1).ge(arange(64).unsqueeze(0)), (64 * 65) / 2],
    ["j < i", () => arange(64).unsqueeze(0).lt(arange(64).unsqueeze(1)), (64 * 63) / 2],
    ["j > i", () => arange(64).unsqueeze(0).gt(arange(64).unsqueeze(1)), (64 * 63) / 2],
    ["2j ≤ i", () => arange(64).unsqueeze(0).mul(2).le(arange(64).unsqueeze(1)), (64 * 65) / 2],
    ["i = j", () => arange(64).unsqueeze(0).eq(arange(64).unsqueeze(1)), 64],
    [
      "a window",
      () => {
        const behind = arange(64).unsqueeze(1).sub(arange(64).unsqueeze(0));
        return behind.ge(0).logicalAnd(behind.lt(8));
      },
      8 * 64 - 28,
    ],
  ])("%s: results and operands", (_, mask, count) => {
    const [a, b] = [randn([64, 16], { generator }), randn([16, 64], { generator })];
    const run = (): Tensor => where(mask(), a.matmul(b), 0).matmul(a);
    const f = compile(run);
    const got = f();
    expect(flopsOf(f)).toEqual([2 * 16 * count, 2 * 16 * count]);
    Array.from(run().data).forEach((want, at) => expect(got.data[at]!).toBeCloseTo(want, 3));
  });

  it("are whole where anything else reads them, or the mask is not of their matrices", () => {
    const a = randn([64, 64], { generator });
    const whole = 2 * 64 ** 3;
    const past = (): Tensor => arange(64).unsqueeze(0).le(arange(64).unsqueeze(1));
    const both = compile(() => {
      const product = a.matmul(a);
      return [where(past(), product, 0), product.sum()];
    });
    const result = compile(() => {
      const product = a.matmul(a);
      return [where(past(), product, 0), product];
    });
    const other = compile(() => where(past().unsqueeze(-1), a.matmul(a), 0).sum());
    const one = compile(() => where(past(), 1, a.matmul(a)));
    for (const f of [both, result, other, one]) {
      f();
      expect(flopsOf(f)).toEqual([whole]);
    }
    expectSameAsEager(
      (wrap) =>
        wrap(() => {
          const product = a.matmul(a);
          return [where(past(), product, 0), product.sum(), where(past(), 1, product)];
        })(),
      1e-5,
    );
  });

  it("follow a mask whose positions are captured, which may change, as data", () => {
    const step = compile(() =>
      where(j.le(i), tensor([1]).broadcastTo([64, 64]), 0).matmul(randn([64, 8], { generator: new Generator(1) })),
    );
    step();
    expect(flopsOf(step)).toEqual([2 * 64 * 64 * 8]);
  });
});
