import { assign, tensor } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { defineFunction, type FunctionContext, grad, gradcheck, noGrad } from "./index.ts";

const leaf = (data: readonly number[]): Tensor => tensor(data, { dtype: "float64", requiresGrad: true });

const cube = defineFunction({
  name: "cube",
  forward: (ctx, x: Tensor) => {
    ctx.save(x);
    return x.pow(3);
  },
  backward: (ctx, ct) => ct.mul(ctx.saved[0]!.square().mul(3)),
});

describe("defineFunction", () => {
  it("differentiates by its own backward, twice if that is differentiable", () => {
    expect(gradcheck(cube, [leaf([1, -2])], { order: 2 }).passed).toBe(true);
    expect(cube(leaf([2])).node?.name).toBe("cube");
  });

  it("is differentiable again through a saved output", () => {
    const exp = defineFunction({
      name: "myExp",
      forward: (ctx, x: Tensor) => {
        const y = x.exp();
        ctx.save(y);
        return y;
      },
      backward: (ctx, ct) => ct.mul(ctx.saved[0]!),
    });
    expect(gradcheck(exp, [leaf([0.3, -1])], { order: 2 }).passed).toBe(true);
  });

  it("takes several inputs, knows which need a gradient, and may leave others out", () => {
    const needs: (readonly boolean[])[] = [];
    const scaled = defineFunction({
      name: "scaled",
      forward: (ctx, x: Tensor, by: Tensor) => {
        needs.push(ctx.needsInputGrad);
        ctx.save(by);
        return x.mul(by);
      },
      backward: (ctx, ct) => [ct.mul(ctx.saved[0]!), undefined],
    });
    const [x, by] = [leaf([1, 2]), tensor([3, 4], { dtype: "float64" })];
    scaled(x, by).sum().backward();
    expect(x.grad?.toArray()).toEqual([3, 4]);
    noGrad(() => scaled(x, by));
    expect(needs).toEqual([
      [true, false],
      [false, false],
    ]);
  });

  it("gives several outputs, with zeros for cotangents of those not used", () => {
    const both = defineFunction({
      name: "both",
      forward: (_, x: Tensor): readonly Tensor[] => [x.mul(2), x.mul(3)],
      backward: (_, a, b) => a.mul(2).add(b.mul(3)),
    });
    const x = leaf([1]);
    expect(gradcheck((t) => both(t), [x], { order: 2 }).passed).toBe(true);
    expect(grad(both(x)[1]!, [x])[0]?.toArray()).toEqual([3]);
  });

  it("may return its input, which stays a leaf", () => {
    const reversed = defineFunction({
      name: "gradientReversal",
      forward: (_, x: Tensor) => x,
      backward: (_, ct) => ct.neg(),
    });
    const x = leaf([1]);
    const y = reversed(x);
    expect([x.node, y === x]).toEqual([undefined, false]);
    y.mul(5).sum().backward();
    expect(x.grad?.toArray()).toEqual([-5]);
  });

  const sum = (cts: readonly Tensor[]): Tensor => cts.reduce((a, b) => a.add(b));

  it("may return one tensor in several places, each with a cotangent of its own", () => {
    const twice = defineFunction({
      name: "twice",
      forward: (ctx, x: Tensor): readonly Tensor[] => {
        const y = x.square();
        ctx.save(x);
        return [y, y, y.reshape([2, 1]), y];
      },
      backward: (ctx, a, b, c, d) =>
        sum([a, b, c.reshape([2]), d])
          .mul(ctx.saved[0]!)
          .mul(2),
    });
    const x = leaf([1, 2]);
    const outputs = twice(x);
    expect(new Set(outputs).size).toBe(4);
    expect(grad(outputs[0]!.sum(), [x])[0]?.toArray()).toEqual([2, 4]);
    expect(gradcheck((t) => twice(t), [x], { order: 2 }).passed).toBe(true);
    expect(gradcheck((t) => twice(t).slice(0, 1), [x], { order: 2 }).passed).toBe(true);
  });

  it("may save an output that it returns twice", () => {
    const exp = defineFunction({
      name: "myExp",
      forward: (ctx, x: Tensor): readonly Tensor[] => {
        const y = x.exp();
        ctx.save(y);
        return [y, y];
      },
      backward: (ctx, a, b) => a.add(b).mul(ctx.saved[0]!),
    });
    expect(gradcheck((x) => exp(x), [leaf([0.3, -1])], { order: 2 }).passed).toBe(true);
  });

  it("leaves inputs, captured tensors and results of others as they are", () => {
    const captured = tensor([5], { dtype: "float64" });
    const other = leaf([3]).mul(1);
    const { node } = other;
    const all = defineFunction({
      name: "all",
      forward: (_, x: Tensor, y: Tensor): readonly Tensor[] => [x, x, y, captured, other],
      backward: (_, a, b, c) => [a.mul(2).add(b.mul(3)), c],
    });
    const [x, y] = [leaf([1]), tensor([2], { dtype: "float64" })];
    const outputs = all(x, y);
    expect(outputs.map((t) => t.item())).toEqual([1, 1, 2, 5, 3]);
    expect([x, y, captured].map((t) => [t.node, t.requiresGrad])).toEqual([
      [undefined, true],
      [undefined, false],
      [undefined, false],
    ]);
    expect(other.node).toBe(node);
    expect(grad(outputs[1]!, [x])[0]?.item()).toBe(3);
    expect(grad(all(x, leaf([2]))[0]!.square(), [x])[0]?.item()).toBe(4);
  });

  it("refuses what is no tensor, such as a promise", () => {
    const name = "odd";
    const make = (forward: () => unknown): (() => unknown) => {
      const odd = defineFunction({ name, forward: forward as () => Tensor, backward: (_, ct) => ct });
      return () => odd(leaf([1]));
    };
    expect(make(() => undefined)).toThrow("odd: expected forward to give tensors, got undefined.");
    expect(make(() => [3])).toThrow("odd: expected forward to give tensors, got 3.");
    expect(make(() => Promise.resolve(leaf([1])))).toThrow(
      "odd: expected a function that is done when it returns, got one that returns a promise.",
    );
  });

  it("notices that a saved tensor was assigned to since", () => {
    const x = leaf([1]);
    const y = cube(x);
    assign(x, tensor([2], { dtype: "float64" }));
    expect(() => y.backward()).toThrow(
      "cube: expected saved tensor 0 at version 0 as saved, got version 1. " +
        "It was changed by assign between forward and backward: assign after backward, or use a clone() of it.",
    );
  });

  it.each([
    [
      "too few gradients",
      (_: FunctionContext, ct: Tensor) => [ct],
      "wrong: expected 2 gradients from its pullback, got 1.",
    ],
    [
      "another shape",
      (_: FunctionContext, ct: Tensor) => [ct.reshape([2, 1]), ct],
      "wrong: expected gradient 0 of shape [2], got [2, 1].",
    ],
    [
      "another dtype",
      (_: FunctionContext, ct: Tensor) => [ct, ct.to("float32")],
      "wrong: expected gradient 1 of dtype float64, got float32.",
    ],
  ])("refuses %s", (_, backward, message) => {
    const wrong = defineFunction({ name: "wrong", forward: (__, a: Tensor, b: Tensor) => a.add(b), backward });
    expect(() =>
      wrong(leaf([1, 2]), leaf([3, 4]))
        .sum()
        .backward(),
    ).toThrow(message);
  });

  it("refuses to save twice", () => {
    const twice = defineFunction({
      name: "twice",
      forward: (ctx, x: Tensor) => {
        ctx.save(x);
        ctx.save(x);
        return x.neg();
      },
      backward: (_, ct) => ct.neg(),
    });
    expect(() => twice(leaf([1]))).toThrow("twice: expected one call of ctx.save, got a second.");
  });

  it("lets gradcheck find a wrong backward", () => {
    const wrong = defineFunction({
      name: "tanh",
      forward: (ctx, x: Tensor) => {
        const y = x.tanh();
        ctx.save(y);
        return y;
      },
      backward: (ctx, ct) =>
        ct.mul(
          ctx.saved[0]!.square()
            .neg()
            .add(1 + 1e-6),
        ),
    });
    expect(() => gradcheck(wrong, [leaf([0.5, 1])])).toThrow(/gradcheck: expected the gradient of input 0 at \[\d\]/);
  });
});
