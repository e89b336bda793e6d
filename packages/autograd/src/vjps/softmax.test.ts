import { Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { defineFunction } from "../define-function.ts";
import { grad } from "../grad.ts";
import { gradcheck } from "../gradcheck.ts";

type Name = "softmax" | "logSoftmax";
const axes = [1];
const over = { axis: axes, keepDims: true } as const;

/** A softmax or its logarithm whose gradient is what `dx` says, from the cotangent and the result. */
const mutant = (name: Name, dx: (g: Tensor, y: Tensor) => Tensor): ((x: Tensor) => Tensor) => {
  const f = defineFunction<Tensor[]>({
    name,
    forward: (ctx, x: Tensor) => {
      const [y] = apply(name, [x], { axes, masked: false });
      ctx.save(y);
      return [y];
    },
    backward: (ctx, g) => dx(g!, ctx.saved[0]!),
  });
  return (x) => f(x)[0]!;
};

const dxOf = (g: Tensor, y: Tensor): Tensor => y.mul(g.sub(g.mul(y).sum(over)));
const dxOfLog = (g: Tensor, y: Tensor): Tensor => g.sub(y.exp().mul(g.sum(over)));

describe("the gradients of softmax and its logarithm", () => {
  const x = randn([3, 5], { dtype: "float64", generator: new Generator(4) });

  it("are the closed forms", () => {
    expect(gradcheck(mutant("softmax", dxOf), [x], { order: 2 }).passed).toBe(true);
    expect(gradcheck(mutant("logSoftmax", dxOfLog), [x], { order: 2 }).passed).toBe(true);
  });

  it.each<readonly [string, Name, (g: Tensor, y: Tensor) => Tensor]>([
    ["the total detached", "softmax", (g, y) => y.mul(g)],
    ["the power detached", "softmax", (g, y) => y.mul(g.mul(y).sum(over)).neg()],
    ["a wrong sign of the total's share", "softmax", (g, y) => y.mul(g.add(g.mul(y).sum(over)))],
    ["the mean in place of the average by y", "softmax", (g, y) => y.mul(g.sub(g.mean(over)))],
    ["the wrong axis", "softmax", (g, y) => y.mul(g.sub(g.mul(y).sum({ axis: 0, keepDims: true })))],
    ["y left out", "softmax", (g, y) => g.sub(g.mul(y).sum(over))],
    ["the total detached", "logSoftmax", (g) => g],
    ["the average by y in place of the sum", "logSoftmax", (g, y) => g.sub(y.exp().mul(g.mul(y.exp()).sum(over)))],
    ["the logarithm for y", "logSoftmax", (g, y) => g.sub(y.mul(g.sum(over)))],
    ["the wrong axis", "logSoftmax", (g, y) => g.sub(y.exp().mul(g.sum({ axis: 0, keepDims: true })))],
  ])("with %s fail the check: %s", (_, name, dx) => {
    expect(() => gradcheck(mutant(name, dx), [x])).toThrow("gradcheck: expected the gradient of input 0");
  });

  it.each(["softmax", "logSoftmax"] as const)("leave out what a mask has hidden: %s", (name) => {
    const [none, shown] = [-Infinity, [1, 2, 0.5]];
    const row = (data: number[]): Tensor => tensor(data, { shape: [1, data.length], dtype: "float64" });
    const gradient = (data: number[], ct: number[]): number[] => {
      const leaf = row(data).requiresGrad_();
      const [y] = apply(name, [leaf], { axes, masked: true });
      expect(Array.from(y.data).some(Number.isNaN)).toBe(false);
      const [dx] = grad(y, [leaf], { cotangent: row(ct), createGraph: true });
      const [second] = grad(dx!.square().sum(), [leaf]);
      return [...dx!.data, ...second!.data];
    };
    const alone = gradient(shown, [3, -1, 2]);
    const got = gradient([none, shown[0]!, none, shown[1]!, shown[2]!], [0, 3, 0, -1, 2]);
    [1, 3, 4, 6, 8, 9].forEach((at, i) => expect(got[at]!).toBeCloseTo(alone[i]!, 14));
    [0, 2, 5, 7].forEach((at) => expect(got[at]!).toBeCloseTo(0, 14));
    gradient([none, none], [0, 0]).forEach((element) => expect(element).toBeCloseTo(0, 14));
  });

  it("do not depend on cotangents of what a mask has hidden", () => {
    const x = tensor([[1, -Infinity, 2]], { requiresGrad: true });
    const of = (hidden: number): unknown => {
      const [y] = apply("softmax", [x], { axes, masked: true });
      return grad(y, [x], { cotangent: tensor([[3, hidden, -1]]) })[0]!.toArray();
    };
    for (const hidden of [NaN, Infinity, 1e30]) expect(of(hidden)).toEqual(of(0));
  });

  it("are exact for large logits, and of small shares to their own digits", () => {
    const logits = tensor([[1e4, 1e4 - 1, -1e4]], { requiresGrad: true });
    const p = 1 / (1 + Math.exp(-1));
    const [dx] = grad(logits.softmax(), [logits], { cotangent: tensor([[1, 0, 0]]) });
    [p * (1 - p), -p * (1 - p), 0].forEach((want, i) => expect(dx!.data[i]!).toBeCloseTo(want, 6));
    const low = tensor([[0, -60]], { requiresGrad: true });
    const [small] = grad(low.logSoftmax(), [low], { cotangent: tensor([[1, 0]]) });
    expect(Math.abs(small!.data[1]! / -Math.exp(-60) - 1)).toBeLessThan(3e-7);
  });
});
