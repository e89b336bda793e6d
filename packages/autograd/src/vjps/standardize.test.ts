import { Generator, randn, tensor } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { defineFunction } from "../define-function.ts";
import { grad } from "../grad.ts";
import { gradcheck } from "../gradcheck.ts";

const eps = 1e-5;
const over = { axis: 1, keepDims: true } as const;
const standardize = (x: Tensor, center = true): readonly [Tensor, Tensor] =>
  apply("standardize", [x], { axes: [1], eps, center });

/** A standardize whose gradient is what `dx` says, from x̂, r and the cotangents of both. */
const mutant = (dx: (g: Tensor, h: Tensor, xhat: Tensor, rstd: Tensor) => Tensor): ((x: Tensor) => readonly Tensor[]) =>
  defineFunction({
    name: "standardize",
    forward: (ctx, x: Tensor) => {
      const outputs = standardize(x);
      ctx.save(...outputs);
      return outputs;
    },
    backward: (ctx, g, h) => dx(g!, h!, ctx.saved[0]!, ctx.saved[1]!),
  });

const n = 5;
const byXhat = (g: Tensor, xhat: Tensor, rstd: Tensor): Tensor =>
  g
    .sub(g.mean(over))
    .sub(xhat.mul(g.mul(xhat).mean(over)))
    .mul(rstd);
const byRstd = (h: Tensor, xhat: Tensor, rstd: Tensor): Tensor => h.mul(rstd.square()).mul(xhat).div(-n);

describe("the gradient of standardize", () => {
  // Small inputs, so that eps has a share in it.
  const x = randn([3, n], { dtype: "float64", generator: new Generator(4) }).mul(0.01);

  it("is the closed form", () => {
    const closed = mutant((g, h, xhat, rstd) => byXhat(g, xhat, rstd).add(byRstd(h, xhat, rstd)));
    expect(gradcheck(closed, [x], { order: 2 }).passed).toBe(true);
  });

  it.each<readonly [string, Parameters<typeof mutant>[0]]>([
    [
      "the mean detached",
      (g, h, xhat, rstd) =>
        g
          .sub(xhat.mul(g.mul(xhat).mean(over)))
          .mul(rstd)
          .add(byRstd(h, xhat, rstd)),
    ],
    [
      "the deviation detached",
      (g, h, xhat, rstd) =>
        g
          .sub(g.mean(over))
          .mul(rstd)
          .add(byRstd(h, xhat, rstd)),
    ],
    [
      "eps missing in backward",
      (g, h, xhat, rstd) => {
        const bare = rstd.pow(-2).sub(eps).pow(-0.5);
        return byXhat(g, xhat, bare).add(byRstd(h, xhat, rstd));
      },
    ],
    [
      "eps missing in x̂",
      (g, h, xhat, rstd) => {
        const bare = xhat.mul(rstd.pow(-2).sub(eps).pow(-0.5).div(rstd));
        return byXhat(g, bare, rstd).add(byRstd(h, xhat, rstd));
      },
    ],
    [
      "the unbiased count",
      (g, h, xhat, rstd) =>
        g
          .sub(g.mean(over))
          .sub(
            xhat.mul(
              g
                .mul(xhat)
                .sum(over)
                .div(n - 1),
            ),
          )
          .mul(rstd)
          .add(byRstd(h, xhat, rstd)),
    ],
    [
      "the wrong axis",
      (g, h, xhat, rstd) =>
        g
          .sub(g.mean({ axis: 0, keepDims: true }))
          .sub(xhat.mul(g.mul(xhat).mean(over)))
          .mul(rstd)
          .add(byRstd(h, xhat, rstd)),
    ],
    [
      "a wrong sign of the deviation's share",
      (g, h, xhat, rstd) =>
        g
          .sub(g.mean(over))
          .add(xhat.mul(g.mul(xhat).mean(over)))
          .mul(rstd)
          .add(byRstd(h, xhat, rstd)),
    ],
    ["no term for the cotangent of r", (g, _, xhat, rstd) => byXhat(g, xhat, rstd)],
    [
      "a wrong count in that term",
      (g, h, xhat, rstd) => byXhat(g, xhat, rstd).add(byRstd(h, xhat, rstd).mul(n / (n - 1))),
    ],
  ])("with %s fails the check", (_, dx) => {
    expect(() => gradcheck(mutant(dx), [x])).toThrow("gradcheck: expected the gradient of input 0");
  });

  it("with a float32 r fails a check as sharp as the closed form passes", () => {
    const rounded = mutant((g, h, xhat, rstd) =>
      byXhat(g, xhat, rstd.to("float32").to("float64")).add(byRstd(h, xhat, rstd)),
    );
    const xhatOf = (f: (t: Tensor) => readonly Tensor[]) => (t: Tensor) => f(t)[0]!;
    const check = (f: (t: Tensor) => readonly Tensor[]) => gradcheck(xhatOf(f), [x], { rtol: 1e-9, atol: 1e-10 });
    expect(() => check(rounded)).toThrow("gradcheck: expected the gradient of input 0");
    expect(check(standardize).passed).toBe(true);
  });

  it("does not need a cotangent of both outputs", () => {
    expect(gradcheck((t) => standardize(t)[0], [x], { order: 2 }).passed).toBe(true);
    expect(gradcheck((t) => standardize(t)[1], [x], { order: 2 }).passed).toBe(true);
    expect(gradcheck((t) => standardize(t, false)[1], [x], { order: 2 }).passed).toBe(true);
  });

  it.each([0, 1e2, 1e3, 1e4, 1e5])("in float32 is exact to 3e-7 of its largest entry at an offset of %d", (offset) => {
    const generator = new Generator(offset + 1);
    const single = randn([8, 256], { generator }).add(offset);
    const g = randn([8, 256], { generator });
    const by = (input: Tensor, cotangent: Tensor): Tensor => {
      const leaf = input.detach().requiresGrad_();
      return grad(standardize(leaf)[0], [leaf], { cotangent })[0]!;
    };
    const actual = by(single, g).to("float64");
    const expected = by(single.to("float64"), g.to("float64"));
    const worst = actual.sub(expected).abs().max().item() / expected.abs().max().item();
    expect(worst).toBeLessThan(3e-7);
  });

  it("is zero for a row of one element, and finite for a constant row", () => {
    const one = tensor([[3], [4]], { dtype: "float64", requiresGrad: true });
    expect(grad(standardize(one)[0].mul(7).sum(), [one])[0]!.toArray()).toEqual([[0], [0]]);
    const constant = tensor([[2, 2]], { dtype: "float64", requiresGrad: true });
    const [dx] = grad(standardize(constant)[0], [constant], { cotangent: tensor([[1, 0]], { dtype: "float64" }) });
    dx!.data.forEach((value, i) => expect(value).toBeCloseTo([0.5, -0.5][i]! / Math.sqrt(eps), 9));
  });
});
